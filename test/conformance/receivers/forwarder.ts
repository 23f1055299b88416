// A log forwarder with one tenant and one sink, over a store in memory and with the system's clock.
import { pace } from '../../../functions/runtime/forward/pace.ts';
import { tenantSinks } from '../../../functions/runtime/forward/tenant-sinks.ts';
import { drain } from '../../../lib/delivery/drain.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import { eventLine } from '../../../lib/events/line.ts';
import { forwardEvents } from '../../../lib/siem/forward-events.ts';
import { laneFinder } from '../../../lib/siem/lanes.ts';
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import { MemorySink } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { sinkOf, tenantOf, tenantsOf } from '../../support/small-tenants.ts';
import { settled } from './process.ts';

const WITHIN_MS = 60_000;

export class OneLaneForwarder {
  readonly #store = new MemoryStore();
  readonly #open = tenantSinks({ laptop: true });
  readonly #standardOutput = { id: 'stdout', kind: 'stdout', sink: new MemorySink() };
  readonly #tenants;
  #drains = 0;

  constructor(settings: SinkSettings) {
    this.#tenants = tenantsOf([tenantOf('acme', { sinks: [sinkOf('siem', { settings })] })]);
  }

  /** Takes a batch with the events of these numbers, as from a shard of the stream. */
  async take(numbers: readonly number[]): Promise<void> {
    await forwardEvents(numbers.map(itemOf), {
      ...pace,
      tenants: this.#tenants,
      open: this.#open,
      standardOutput: this.#standardOutput,
      store: laneStore(this.#store),
      deadlineMs: Date.now() + WITHIN_MS,
    });
  }

  /** Lets the clock strike until nothing waits. Returns the number of dead letters. */
  async drainAll(): Promise<number> {
    const isEmpty = async (): Promise<boolean> => {
      this.#drains += 1;
      await drain({
        ...pace,
        store: laneStore(this.#store),
        findLane: laneFinder(this.#tenants, [this.#standardOutput], this.#open),
        deadlineMs: Date.now() + WITHIN_MS,
        claimant: String(this.#drains),
        now: true,
      });
      return this.#keysBelow('backlog/') === this.#keysBelow('backlog/acme@siem/slow'); // the mark of a slow lane stays
    };
    if (!(await settled(isEmpty))) throw new Error('the backlog does not end');
    return this.#keysBelow('dead-letters/');
  }

  #keysBelow(prefix: string): number {
    return [...this.#store.objects.keys()].filter((key) => key.startsWith(prefix)).length;
  }
}

/** Returns the id of the event with this number. */
export function idOf(number: number): string {
  return `event-${String(number).padStart(6, '0')}`;
}

function itemOf(number: number): StreamItem {
  const timeMs = Date.now();
  const line = eventLine(securityEvent({ tenantId: 'acme', eventId: idOf(number), sequence: number + 1, timeMs }));
  const id = String(number);
  return { id, position: positionOf(id), timeMs, lines: [line], raw: () => line };
}

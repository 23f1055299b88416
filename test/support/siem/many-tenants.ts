// Many tenants, each with a SIEM of its own over real sockets, some of them broken in every way; and the proof that the
// others never wait for them.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { tenantSinks } from '../../../functions/runtime/forward/tenant-sinks.ts';
import { drain } from '../../../lib/delivery/drain.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import { eventLine } from '../../../lib/events/line.ts';
import { forwardEvents } from '../../../lib/siem/forward-events.ts';
import { laneFinder } from '../../../lib/siem/lanes.ts';
import type { SinkSettings, Tenants } from '../../../lib/tenants/model.ts';
import { certificateAuthority } from '../certificates.ts';
import { MemorySink } from '../memory-sink.ts';
import { MemoryStore } from '../memory-store.ts';
import { sinkOf, tenantOf, tenantsOf } from '../small-tenants.ts';
import { securityEvent } from './events.ts';
import type { Receiver, ReceiverFaultKind } from './receiver.ts';
import { type ReceiverKind, startReceiver } from './start.ts';

export interface ManyTenants {
  readonly tenants: number;
  /** Of each. */
  readonly events: number;
  /** Events of each tenant in a batch of the stream. */
  readonly perBatch: number;
}

export interface Account {
  readonly delivered: number;
  readonly broken: number;
  /** Waiting events when all healthy SIEMs had all of theirs. */
  readonly waited: number;
  /** Events that a SIEM without deduplication holds twice. */
  readonly repeated: number;
}

/** How a SIEM is broken. The first kinds are those of a receiver; the others are of the way there. */
const WAYS = [
  'status500',
  'throttle',
  'deny',
  'hang',
  'cut',
  'bad TLS',
  'refused',
  'slow',
  'reset',
  'drop',
  'malformed',
  'status503',
] as const;
/** Faults after which the SIEM holds events although its reply is lost. */
const AFTER_THE_WORK: readonly string[] = ['cut', 'drop', 'malformed'];
const ONE_IN = 10;
const KINDS: readonly ReceiverKind[] = ['splunk', 'opensearch', 'otlp', 'datadog'];
/** Its share of the batch's patience, the limit of the call and that of its slot. */
const HELD_BY_A_CALL = 3;
/** The batch's patience, and what is left of it after the first lane. */
const HELD_BY_A_BATCH = 2;
const QUARTER_HOUR_MS = 15 * 60_000;

interface Siem {
  readonly tenantId: string;
  readonly receiver: Receiver;
  readonly way: (typeof WAYS)[number] | undefined;
  settings: SinkSettings;
  readonly mended: SinkSettings;
}

/**
 * Forwards all events in batches that mix all tenants, as a shard does; then mends what is broken, and drains. Rejects
 * with `AssertionError` when a healthy SIEM waits for one that hangs, or when an event is lost, overtaken, or repeated
 * without need.
 */
export async function forwardForMany({ tenants: count, events, perBatch }: ManyTenants): Promise<Account> {
  const siems = await Promise.all(Array.from({ length: count }, (_, i) => startSiem(i)));
  try {
    const healthy = siems.filter(({ way }) => way === undefined);
    const broken = siems.filter(({ way }) => way !== undefined);
    const hanging = broken.filter(({ way }) => way === 'hang' || way === 'slow');
    const store = new MemoryStore();
    const open = tenantSinks({ laptop: true, timeoutMs: 10 * 60_000 });
    const time = new HeldTime();
    const standardOutput = { id: 'stdout', kind: 'stdout', sink: new MemorySink() };
    const forwardBatch = (first: number): Promise<unknown> =>
      forwardEvents(batchOf(siems, first, Math.min(perBatch, events - first)), {
        ...time.pace,
        tenants: tenantsAt(siems),
        open,
        standardOutput,
        store: laneStore(store),
        deadlineMs: Date.now() + 10 * 60_000,
      });

    // While no limit ends, every healthy SIEM gets its whole share of the batch; the batch waits for those that hang.
    let isTaken = false;
    const first = forwardBatch(0).finally(() => {
      isTaken = true;
    });
    const share = Math.min(perBatch, events);
    while (time.held !== HELD_BY_A_BATCH + HELD_BY_A_CALL * hanging.length) await sleep(2);
    assert(hanging.length > 0 && hanging.every(({ receiver }) => receiver.calls === 1), 'some hang');
    assert(
      healthy.every(({ receiver }) => receiver.accepted().length === share),
      'the others have their share',
    );
    assert(!isTaken, 'only the SIEMs that hang hold the batch');
    time.goOn();
    await first;

    for (let next = perBatch; next < events; next += perBatch) await forwardBatch(next);
    const wanted = (siem: Siem): readonly string[] => Array.from({ length: events }, (_, n) => idOf(siem.tenantId, n));
    const idsAt = ({ receiver }: Siem): readonly string[] => receiver.accepted().map(({ id }) => id);
    for (const siem of healthy) assert.deepEqual(idsAt(siem), wanted(siem), `${siem.tenantId} has all, in order, once`);
    const called = broken.map(({ receiver }) => receiver.calls);
    assert(
      called.every((calls) => calls <= 3),
      'what is broken is not called again by later batches',
    );
    const waited = broken.reduce((sum, siem) => sum + events - new Set(idsAt(siem)).size, 0);

    for (const siem of broken) mend(siem);
    for (let strike = 1; keysOf(store, 'backlog/').length > 0; strike++) {
      assert(strike <= 10, 'the backlog ends');
      const nowMs = (): number => Date.now() + strike * QUARTER_HOUR_MS;
      await drain({
        ...time.pace,
        nowMs,
        store: laneStore(store),
        findLane: laneFinder(tenantsAt(siems), [standardOutput], open),
        deadlineMs: nowMs() + 10 * 60_000,
        claimant: String(strike),
      });
    }
    let repeated = 0;
    for (const siem of broken) {
      const ids = idsAt(siem);
      const unique = [...new Set(ids)];
      assert.deepEqual(unique, wanted(siem), `${siem.tenantId} (${siem.way}) has all, in order`);
      const mayRepeat = AFTER_THE_WORK.includes(siem.way!) && !siem.receiver.deduplicates;
      assert(mayRepeat || ids.length === unique.length, `${siem.tenantId} (${siem.way}) has nothing twice`);
      repeated += ids.length - unique.length;
    }
    assert.deepEqual(keysOf(store, 'dead-letters/'), [], 'nothing is given up');
    assert.deepEqual(standardOutput.sink.received, [], 'no event goes to standard output');
    return { delivered: count * events, broken: broken.length, waited, repeated };
  } finally {
    await Promise.all(siems.map(({ receiver }) => receiver.close()));
  }
}

async function startSiem(number: number): Promise<Siem> {
  const tenantId = `tenant-${String(number).padStart(4, '0')}`;
  const way = number % ONE_IN === 3 ? WAYS[Math.floor(number / ONE_IN) % WAYS.length] : undefined;
  const kind = KINDS[Math.floor(number / 2) % KINDS.length]!;
  if (way === 'bad TLS') {
    const authority = certificateAuthority();
    const certificate = authority.issue(['localhost']);
    const receiver = await startReceiver('splunk', { certificate, ca: authority.ca });
    const mended = receiver.settings;
    return { tenantId, receiver, way, mended, settings: { ...mended, ca: certificateAuthority().ca } as SinkSettings };
  }
  const receiver = await startReceiver(kind);
  const mended = receiver.settings;
  if (way === 'refused') {
    // No server listens on port 9 of this machine.
    return { tenantId, receiver, way, mended, settings: { ...mended, url: 'http://127.0.0.1:9' } as SinkSettings };
  }
  if (way !== undefined) {
    const retryAfter = way === 'throttle' ? { retryAfter: '120' } : {};
    receiver.fail({ kind: way satisfies ReceiverFaultKind, times: Number.POSITIVE_INFINITY, ...retryAfter });
  }
  return { tenantId, receiver, way, mended, settings: mended };
}

function mend(siem: Siem): void {
  siem.receiver.heal();
  siem.settings = siem.mended;
}

function tenantsAt(siems: readonly Siem[]): Tenants {
  return tenantsOf(
    siems.map(({ tenantId, settings }) => tenantOf(tenantId, { sinks: [sinkOf('siem', { settings })] })),
  );
}

/** The next `size` events of each tenant, with the tenants in turn. */
function batchOf(siems: readonly Siem[], first: number, size: number): readonly StreamItem[] {
  return Array.from({ length: size }, (_, i) => first + i).flatMap((number) =>
    siems.map(({ tenantId }, t): StreamItem => {
      const timeMs = Date.now();
      const sequence = number + 1;
      const line = eventLine(securityEvent({ tenantId, eventId: idOf(tenantId, number), sequence, timeMs }));
      const id = String(number * siems.length + t);
      return { id, position: positionOf(id), timeMs, lines: [line], raw: () => line };
    }),
  );
}

function idOf(tenantId: string, number: number): string {
  return `${tenantId}-${String(number).padStart(6, '0')}`;
}

function keysOf(store: MemoryStore, prefix: string): readonly string[] {
  return [...store.objects.keys()].filter((key) => key.startsWith(prefix));
}

/** A clock that stands still: back-off ends at once, and limits, which have a signal, end by `goOn` only. */
class HeldTime {
  readonly #startMs = Date.now();
  #held: { readonly end: Promise<void>; readonly goOn: () => void } = held();
  /** Limits that have not ended. */
  held = 0;

  readonly pace = {
    nowMs: () => this.#startMs,
    random: () => 0.5,
    sleep: async (_ms: number, signal?: AbortSignal): Promise<void> => {
      if (signal === undefined) return;
      this.held += 1;
      try {
        await Promise.race([this.#held.end, aborted(signal)]);
      } finally {
        this.held -= 1;
      }
    },
  };

  /** Ends the limits held so far. */
  goOn(): void {
    const { goOn } = this.#held;
    this.#held = held();
    goOn();
  }
}

function held() {
  const { promise: end, resolve: goOn } = Promise.withResolvers<void>();
  return { end, goOn };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });
}

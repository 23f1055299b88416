// An event log over a scripted sink in memory, and the account of its events.
import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { EventError } from '../../lib/events/errors.ts';
import type { EventDraft, SecurityEvent } from '../../lib/events/event.ts';
import { EventLog, type EventLogOptions } from '../../lib/events/event-log.ts';
import { readEventLine } from '../../lib/events/line.ts';
import type { EventLine, EventSink } from '../../lib/events/ports.ts';

/** 2027-01-15. */
export const NOW_MS = 1_800_000_000_000;

/** Outcome of an append: takes everything, takes some and does not say which, or takes the listed lines and says so. */
export type Outcome = 'good' | 'lost' | 'taken but not said' | readonly boolean[];

export interface MemoryEventSink extends EventSink {
  readonly lines: string[];
  /** Lines per append. */
  readonly appends: number[];
  /** For the appends to come; then all is good. */
  readonly outcomes: Outcome[];
  /** While set, appends wait for it. */
  gate: Promise<void> | undefined;
}

export function memoryEventSink(): MemoryEventSink {
  const sink: MemoryEventSink = {
    lines: [],
    appends: [],
    outcomes: [],
    gate: undefined,
    async append(offered: readonly EventLine[]) {
      const lines = offered.map(({ line }) => line);
      sink.appends.push(lines.length);
      await sink.gate;
      const outcome = sink.outcomes.shift() ?? 'good';
      if (outcome === 'good') return void sink.lines.push(...lines);
      if (outcome === 'taken but not said') sink.lines.push(...lines);
      const accepted = Array.isArray(outcome) ? lines.map((_, i) => outcome[i % outcome.length]!) : [];
      sink.lines.push(...lines.filter((_, i) => accepted[i] === true));
      throw new EventError('EVENT_NOT_DURABLE', 'The sink was told to fail', { accepted });
    },
  };
  return sink;
}

export function eventLog(sink: EventSink, options: Partial<EventLogOptions> = {}): EventLog {
  return new EventLog({ sink, nowMs: () => NOW_MS, random: randomBytes, ...options });
}

export function draft(tenantId: string, objectId = 'o', changes: Partial<EventDraft> = {}): EventDraft {
  return { tenantId, iclFields: { requestingId: 'user', event: 'USER_LOGIN', objectId }, customFields: {}, ...changes };
}

/**
 * The events of lines, each once, in the order of their first arrival. Fails the test when a line is none, when what comes again
 * is not the same, when a chain has a hole, or when within a chain a number arrived before a smaller one.
 */
export function eventsOf(lines: readonly string[]): readonly SecurityEvent[] {
  const byId = new Map<string, SecurityEvent>();
  for (const line of lines) {
    const event = readEventLine(line);
    expect(event).toBeDefined();
    expect(byId.get(event!.eventId) ?? event).toEqual(event);
    byId.set(event!.eventId, event!);
  }
  const events = [...byId.values()];
  for (const [chainId, chain] of Map.groupBy(events, (event) => event.chainId)) {
    const numbers = chain.map(({ sequence }) => sequence);
    expect([chainId, numbers]).toEqual([chainId, numbers.map((_, i) => i + 1)]);
    expect(new Set(chain.map(({ tenantId }) => tenantId)).size).toBe(1);
  }
  return events;
}

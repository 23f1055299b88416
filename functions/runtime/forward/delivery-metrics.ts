// Reports of the forwarder: metrics by kind of sink and log lines by lane, with counts and reasons, never contents.

import type { METRICS } from '../../../lib/contract/metrics.ts';
import type { DrainOutcome } from '../../../lib/delivery/drain.ts';
import type { LaneOutcome } from '../../../lib/delivery/send.ts';
import type { EventsForwarded } from '../../../lib/siem/forward-events.ts';
import type { ApplicationLog } from '../application-log.ts';
import { embeddedMetrics, type WriteLine } from '../metrics.ts';

type Values = Partial<Record<keyof typeof METRICS, number>>;

/** Kind of a sink that is no longer configured. */
const GONE = 'gone';

export function writeEventMetrics(forwarded: EventsForwarded, nowMs: number, write: WriteLine): void {
  const { unconfigured, discarded, unreadable, outcomes } = forwarded;
  if (unconfigured > 0 || unreadable > 0) {
    const values = { EventsUnconfigured: unconfigured, EventsDiscarded: discarded, DeadLetters: unreadable };
    write(embeddedMetrics(nowMs, values));
  }
  writeOutcomeMetrics(outcomes, nowMs, write);
}

/** Writes the metrics of lanes, by kind of sink. */
export function writeOutcomeMetrics(outcomes: readonly LaneOutcome[], nowMs: number, write: WriteLine): void {
  byKind(outcomes, (of) => ({
    EventsDelivered: sum(of, 'delivered'),
    ...cutIn(of),
    EventsRetried: sum(of, 'parked'),
    DeadLetters: sum(of, 'deadLetters'),
  })).forEach(([sink, values]) => write(embeddedMetrics(nowMs, values, { sink })));
}

/**
 * Writes the metrics of a drain. `kinds` are those of all sinks: a kind without trouble writes zeros, which ends
 * alarms.
 */
export function writeDrainMetrics(
  outcomes: readonly DrainOutcome[],
  kinds: readonly string[],
  nowMs: number,
  write: WriteLine,
): void {
  const found = new Map(
    byKind(outcomes, (of) => ({
      EventsDelivered: sum(of, 'delivered'),
      ...cutIn(of),
      DeadLetters: sum(of, 'deadLetters'),
      CircuitsOpen: of.filter(({ circuit }) => circuit !== undefined).length,
      BacklogAge: of.reduce((oldest, { circuit }) => Math.max(oldest, ageOf(circuit?.waitingSinceMs, nowMs)), 0),
    })),
  );
  for (const kind of new Set([...kinds, ...found.keys()])) {
    write(embeddedMetrics(nowMs, found.get(kind) ?? { CircuitsOpen: 0, BacklogAge: 0 }, { sink: kind }));
  }
}

/** Writes how many lanes are in which state, whoever's they are. Zeros end alarms. */
export function writeLaneMetrics(
  outcomes: readonly DrainOutcome[],
  dead: ReadonlySet<string>,
  nowMs: number,
  write: WriteLine,
): void {
  const LanesWaiting = outcomes.filter(({ circuit }) => circuit !== undefined).length;
  const LanesSlow = outcomes.filter(({ isSlow }) => isSlow).length;
  write(embeddedMetrics(nowMs, { LanesWaiting, LanesSlow, LanesDead: dead.size }));
}

/** Returns the metric of cut events, where there are any. */
export function cutIn(outcomes: readonly { readonly cut: number }[]): Values {
  const cut = sum(outcomes, 'cut');
  return cut === 0 ? {} : { EventsCut: cut };
}

/** Logs a line for each lane with parked parcels or dead letters, and one for each lane with cut events. */
export function logOutcomes(
  outcomes: readonly LaneOutcome[],
  requestId: string | undefined,
  log: ApplicationLog,
): void {
  for (const { lane, cut, parked, deadLetters, reason } of outcomes) {
    if (cut > 0) log({ level: 'WARN', message: 'Cut to the limit of the sink', requestId, lane: lane.id, cut });
    if (parked + deadLetters === 0) continue;
    log({ level: 'WARN', message: 'Not delivered', requestId, lane: lane.id, parked, deadLetters, reason });
  }
}

/** Most records that one batch names. */
const MAX_NAMED = 100;

/** Logs the place of each record that contradicts a known one: chain and number, and nothing of the record. */
export function logForked(forked: readonly string[], requestId: string | undefined, log: ApplicationLog): void {
  for (const record of forked.slice(0, MAX_NAMED)) {
    log({
      level: 'ERROR',
      message: 'Two records with one place in a chain: the second was not merged',
      requestId,
      record,
    });
  }
}

/** Logs a line for each lane with deliveries, dead letters or an open circuit. */
export function logDrain(outcomes: readonly DrainOutcome[], requestId: string | undefined, log: ApplicationLog): void {
  for (const { id, delivered, cut, deadLetters, circuit } of outcomes) {
    if (cut > 0) log({ level: 'WARN', message: 'Cut to the limit of the sink', requestId, lane: id, cut });
    if (delivered + deadLetters === 0 && circuit === undefined) continue;
    const level = deadLetters > 0 || circuit !== undefined ? 'WARN' : 'INFO';
    log({ level, message: 'Backlog', requestId, lane: id, delivered, deadLetters, reason: circuit?.reason });
  }
}

/** Logs the key of each damaged object that was put aside, and counts it among the dead letters, which an alarm watches. */
export function reportDamaged(
  keys: readonly string[],
  requestId: string | undefined,
  nowMs: number,
  log: ApplicationLog,
  write: WriteLine,
): void {
  for (const key of keys) log({ level: 'ERROR', message: 'Damaged object of a backlog put aside', requestId, key });
  if (keys.length > 0) write(embeddedMetrics(nowMs, { DeadLetters: keys.length }));
}

function byKind<Outcome extends { readonly lane: { readonly kind: string } | undefined }>(
  outcomes: readonly Outcome[],
  valuesOf: (of: readonly Outcome[]) => Values,
): [kind: string, values: Values][] {
  const kinds = Map.groupBy(outcomes, ({ lane }) => lane?.kind ?? GONE);
  return [...kinds].map(([kind, of]) => [kind, valuesOf(of)]);
}

export function sum<Name extends string>(of: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return of.reduce((total, one) => total + one[name], 0);
}

function ageOf(sinceMs: number | undefined, nowMs: number): number {
  return sinceMs === undefined ? 0 : Math.max(0, Math.round((nowMs - sinceMs) / 1000));
}

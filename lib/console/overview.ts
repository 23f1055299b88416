// What was protected, unprotected, refused and left clear: over time, by element and by user.
import { type UsageReport, UsageSummary } from '../audit/report.ts';
import { effectOf, type RecordRow } from './trail-row.ts';

/** Values by what became of them. */
export interface Tally {
  protected: number;
  unprotected: number;
  refused: number;
  /** Of those protected: values that stayed clear in whole. */
  clear: number;
}

export interface NamedTally extends Readonly<Tally> {
  readonly name: string;
}

/** Values in equal steps of time. */
export interface Series {
  /** Epoch milliseconds, UTC. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: readonly Readonly<Tally>[];
}

export interface Usage {
  readonly report: UsageReport;
  readonly series: Series | undefined;
  /** Most values first, the first hundred. */
  readonly elements: readonly NamedTally[];
  readonly users: readonly NamedTally[];
  /** How many there are in all. */
  readonly elementCount: number;
  readonly userCount: number;
}

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const STEPS_MS = [
  1000,
  5000,
  15_000,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  30 * DAY,
];
/** More bars than that are thinner than the space between them on a telephone. */
const MOST_STEPS = 96;
const MOST_NAMES = 100;

/** Sums rows. One pass for the range of time, and one for the sums. */
export function usageOf(rows: Iterable<RecordRow>): Usage {
  const summary = new UsageSummary();
  const [elements, users] = [new Map<string, Tally>(), new Map<string, Tally>()];
  const times: { ms: number; row: RecordRow }[] = [];
  let [from, to] = [Infinity, -Infinity];
  for (const row of rows) {
    if (row.logtype !== 'Protection') continue;
    summary.addRow(row);
    add(tallyIn(elements, String(row.dataelement ?? 'unknown')), row);
    add(tallyIn(users, String(row.policy_user ?? '')), row);
    const ms = Date.parse(String(row.time));
    times.push({ ms, row });
    from = Math.min(from, ms);
    to = Math.max(to, ms);
  }
  return {
    report: summary.report(),
    series: times.length === 0 ? undefined : seriesOf(times, from, to),
    elements: mostFirst(elements),
    users: mostFirst(users),
    elementCount: elements.size,
    userCount: users.size,
  };
}

function seriesOf(
  times: readonly { readonly ms: number; readonly row: RecordRow }[],
  from: number,
  to: number,
): Series {
  const longest = STEPS_MS.at(-1)!;
  const stepMs =
    STEPS_MS.find((step) => (to - from) / step < MOST_STEPS) ?? longest * Math.ceil((to - from) / longest / MOST_STEPS);
  const startMs = Math.floor(from / stepMs) * stepMs;
  const steps = Array.from({ length: Math.floor((to - startMs) / stepMs) + 1 }, emptyTally);
  for (const { ms, row } of times) add(steps[Math.floor((ms - startMs) / stepMs)]!, row);
  return { startMs, stepMs, steps: steps.map(atLeastNone) };
}

/** An answer may be withheld in a later step than the one in which it was counted. */
function atLeastNone(tally: Tally): Tally {
  return {
    protected: Math.max(0, tally.protected),
    unprotected: Math.max(0, tally.unprotected),
    refused: tally.refused,
    clear: Math.max(0, tally.clear),
  };
}

function add(tally: Tally, row: RecordRow): void {
  const values = Number(row.cnt);
  const clear = Number(row.clear_cnt ?? 0);
  switch (effectOf(row)) {
    case 'protected':
    case 'reprotected':
      tally.protected += values;
      tally.clear += clear;
      break;
    case 'unprotected':
      tally.unprotected += values;
      break;
    case 'refused':
      tally.refused += values;
      break;
    case 'withheld':
      // The record corrects one that said that the values were answered.
      if (row.operation === 'Unprotect') tally.unprotected -= values;
      else if (row.operation !== 'Check') tally.protected -= values;
      break;
    case 'checked':
    case 'policy':
    default:
  }
}

function emptyTally(): Tally {
  return { protected: 0, unprotected: 0, refused: 0, clear: 0 };
}

function tallyIn(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (tally === undefined) tallies.set(name, (tally = emptyTally()));
  return tally;
}

function mostFirst(tallies: ReadonlyMap<string, Tally>): NamedTally[] {
  const sum = (tally: Tally): number => tally.protected + tally.unprotected + tally.refused;
  return [...tallies]
    .map(([name, tally]) => ({ name, ...tally }))
    .toSorted((a, b) => sum(b) - sum(a) || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_NAMES);
}

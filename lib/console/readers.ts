// Who saw what: unprotected values by user and element in a period, against the period before.
import { effectOf, type RecordRow } from './trail-row.ts';

export const PERIODS_DAYS = [1, 7, 30] as const;
export type PeriodDays = (typeof PERIODS_DAYS)[number];

export interface Reader {
  readonly user: string;
  /** Values in the period, by element: as many as `Readers.elements`, in that order. */
  readonly values: readonly number[];
  /** Values in the period and in the one before, over all elements. */
  readonly now: number;
  readonly before: number;
}

/** A user who saw an element for the first time in the period. */
export interface FirstSight {
  readonly user: string;
  readonly element: string;
  /** ISO 8601. */
  readonly time: string;
  readonly values: number;
}

export interface Readers {
  readonly days: PeriodDays;
  /** ISO 8601: the period is what lies between. It ends with the newest record. */
  readonly from: string;
  readonly to: string;
  /** Those that were seen, most values first. */
  readonly elements: readonly string[];
  /** Most values first. */
  readonly readers: readonly Reader[];
  /** How many more there are than those. */
  readonly moreElements: number;
  readonly moreReaders: number;
  /** Newest first. */
  readonly firstSights: readonly FirstSight[];
  /** The trail begins in the period: no one can say what was seen before. */
  readonly isYoung: boolean;
}

const DAY_MS = 86_400_000;
const MOST_READERS = 60;
const MOST_ELEMENTS = 24;
const MOST_SIGHTS = 100;

interface Sight {
  readonly user: string;
  readonly element: string;
  firstMs: number;
  now: number;
  before: number;
}

/** Sums the values that users saw. Undefined without a record. */
export function readersOf(rows: Iterable<RecordRow>, days: PeriodDays): Readers | undefined {
  const disclosed: { readonly row: RecordRow; readonly ms: number; readonly values: number }[] = [];
  let [oldest, newest] = [Infinity, -Infinity];
  for (const row of rows) {
    const ms = Date.parse(String(row.time));
    oldest = Math.min(oldest, ms);
    newest = Math.max(newest, ms);
    const effect = effectOf(row);
    const isSeen = effect === 'unprotected' || (effect === 'withheld' && row.operation === 'Unprotect');
    if (isSeen) disclosed.push({ row, ms, values: effect === 'withheld' ? -Number(row.cnt) : Number(row.cnt) });
  }
  if (newest === -Infinity) return undefined;
  const from = newest - days * DAY_MS;
  const sights = new Map<string, Sight>();
  for (const { row, ms, values } of disclosed) {
    const [user, element] = [String(row.policy_user ?? ''), String(row.dataelement ?? 'unknown')];
    const key = JSON.stringify([user, element]);
    let sight = sights.get(key);
    if (sight === undefined) sights.set(key, (sight = { user, element, firstMs: ms, now: 0, before: 0 }));
    sight.firstMs = Math.min(sight.firstMs, ms);
    if (ms > from) sight.now += values;
    else if (ms > from - days * DAY_MS) sight.before += values;
  }
  return { days, ...timesOf(from, newest), ...matrixOf([...sights.values()]), ...firstSightsOf(sights, from, oldest) };
}

function timesOf(from: number, to: number): Pick<Readers, 'from' | 'to'> {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function matrixOf(sights: readonly Sight[]): Pick<Readers, 'elements' | 'readers' | 'moreElements' | 'moreReaders'> {
  const inPeriods = sights.filter(({ now, before }) => now > 0 || before > 0);
  const byElement = Map.groupBy(inPeriods, ({ element }) => element);
  const byUser = Map.groupBy(inPeriods, ({ user }) => user);
  const sum = (list: readonly Sight[], which: 'now' | 'before'): number =>
    list.reduce((total, sight) => total + sight[which], 0);
  const most = (groups: ReadonlyMap<string, readonly Sight[]>) =>
    [...groups].toSorted(
      ([a, x], [b, y]) => sum(y, 'now') - sum(x, 'now') || sum(y, 'before') - sum(x, 'before') || (a < b ? -1 : 1),
    );
  const elements = most(byElement)
    .map(([element]) => element)
    .slice(0, MOST_ELEMENTS);
  const readers = most(byUser)
    .slice(0, MOST_READERS)
    .map(([user, own]) => ({
      user,
      values: elements.map((element) => own.find((sight) => sight.element === element)?.now ?? 0),
      now: sum(own, 'now'),
      before: sum(own, 'before'),
    }));
  return {
    elements,
    readers,
    moreElements: byElement.size - elements.length,
    moreReaders: byUser.size - readers.length,
  };
}

function firstSightsOf(
  sights: ReadonlyMap<string, Sight>,
  from: number,
  oldest: number,
): Pick<Readers, 'firstSights' | 'isYoung'> {
  const isYoung = oldest > from;
  if (isYoung) return { isYoung, firstSights: [] };
  const first = [...sights.values()].filter(({ firstMs, now }) => firstMs > from && now > 0);
  return {
    isYoung,
    firstSights: first
      .toSorted((a, b) => b.firstMs - a.firstMs)
      .slice(0, MOST_SIGHTS)
      .map(({ user, element, firstMs, now }) => ({
        user,
        element,
        time: new Date(firstMs).toISOString(),
        values: now,
      })),
  };
}

import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1 } from '../../../crypto/ff1.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { RefusedError } from '../../refusal.ts';
import { tweakOf } from '../../tweak.ts';
import { isDate } from './calendar.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import { anyDate, dateInSameMonth, dateInSameYear, type DateSet, distinguishableDate } from './date-sets.ts';
import {
  type DateLayout,
  dateLayout,
  fourDigits,
  lengthFault,
  secondOfDay,
  twoDigits,
  writeDate,
  writeTime,
} from './date-text.ts';
import { elementFf1 } from '../element-ff1.ts';
import type { CipherMeter, Method, MethodContext } from '../method.ts';
import { refuseIv } from '../no-iv.ts';
import { isWeakSize, permuteRanks } from '../rank-cipher.ts';
import { textMethod, type TextResult } from '../text-method.ts';

const DAY_SECONDS = 86_400;
const NONE = new Uint8Array(0);

/** The options of a date element: values come from one set of dates, tokens from another one of the same size. */
interface DateRules {
  readonly plain: DateSet;
  readonly token: DateSet;
  /** True if a time may follow the date, and if it is tokenized together with the date. */
  readonly timeAllowed: boolean;
  readonly tokenizeTime: boolean;
}

/** Values that one permutation takes together, because equally many dates (and times) share their clear part. */
interface Group {
  readonly rows: number[];
  readonly starts: number[];
  readonly layouts: DateLayout[];
  readonly ranks: number[];
  /** The year and month of each value, as YYYYMM. */
  readonly months: number[];
  readonly timed: boolean;
  readonly size: number;
}

/**
 * Compiles a date element: a date becomes another date of 0600-01-01 … 3337-11-27 in the same text form. The form does
 * not enter the token: a day gives the same token day in every form.
 *
 * Throws `RefusedError` `ELEMENT_UNFIT` for options that exclude each other. The method refuses values with
 * `DATE_FORMAT`, `TIME_FORMAT` or `DATE_INPUT`, and any external IV with `IV_NOT_ALLOWED`.
 */
export function compileDate(element: ElementOf<'date'>, context: MethodContext): Method {
  return dateMethod({ ...dateSets(element), timeAllowed: false, tokenizeTime: false }, context);
}

/**
 * Compiles a datetime element: a date element with a time after the date, which stays or is tokenized together with it.
 */
export function compileDatetime(element: ElementOf<'datetime'>, context: MethodContext): Method {
  return dateMethod({ ...dateSets(element), timeAllowed: true, tokenizeTime: element.tokenizeTime }, context);
}

function dateSets(element: ElementOf<'date' | 'datetime'>): Pick<DateRules, 'plain' | 'token'> {
  const { dateInClear, distinguishable } = element;
  // A distinguishable token has a year that no value has, which therefore cannot be in clear.
  if (distinguishable && dateInClear !== 'none') throw new RefusedError('ELEMENT_UNFIT');
  if (distinguishable) return { plain: anyDate, token: distinguishableDate };
  const set = { none: anyDate, year: dateInSameYear, month: dateInSameMonth }[dateInClear];
  return { plain: set, token: set };
}

function dateMethod(rules: DateRules, context: MethodContext): Method {
  const ff1 = elementFf1(context);
  return textMethod((direction, text, externalIv) => transform(ff1, direction, rules, context.meter, text, externalIv));
}

function transform(
  ff1: Ff1,
  direction: Direction,
  rules: DateRules,
  meter: CipherMeter,
  text: ColumnText,
  externalIv: string | undefined,
): TextResult {
  refuseIv(externalIv);
  const [from, to] = direction === 'encrypt' ? [rules.plain, rules.token] : [rules.token, rules.plain];
  let weakCount = 0;
  for (const group of groupDates(text, from, rules)) {
    const ranks = Float64Array.from(group.ranks);
    const tweakLength = tweakBytes(from);
    permuteRanks(ff1, direction, { size: group.size, ranks, tweaks: groupTweaks(group, from), tweakLength }, meter);
    writeGroup(text, group, ranks, to);
    if (isWeakSize(group.size)) weakCount += ranks.length;
  }
  return { text, weakCount, clearCount: 0 };
}

/** Reads every value and groups the values by the number of dates that they may become. */
function groupDates({ units, ends }: ColumnText, from: DateSet, rules: DateRules): Iterable<Group> {
  const groups = new Map<number, Group>();
  for (let row = 0, start = 0; row < ends.length; row++) {
    const end = ends[row]!;
    if (end > start) addDate(groups, units, { row, start, end }, from, rules);
    start = end;
  }
  return groups.values();
}

function addDate(
  groups: Map<number, Group>,
  units: Uint16Array,
  { row, start, end }: { row: number; start: number; end: number },
  from: DateSet,
  rules: DateRules,
): void {
  const fault = lengthFault(end - start, rules.timeAllowed);
  const layout = fault === 'DATE_FORMAT' ? undefined : dateLayout(units, start, !rules.timeAllowed);
  if (layout === undefined) throw new RefusedError('DATE_FORMAT', { row });
  const second = fault === undefined ? secondOfDay(units, start, end) : -2;
  if (second === -2) throw new RefusedError('TIME_FORMAT', { row });
  const year = fourDigits(units, start + layout.year);
  const month = twoDigits(units, start + layout.month);
  const day = twoDigits(units, start + layout.day);
  const rank = isDate(year, month, day) ? from.rank(year, month, day) : -1;
  if (rank < 0) throw new RefusedError('DATE_INPUT', { row });
  const timed = rules.tokenizeTime && second >= 0;
  const size = from.size(year, month) * (timed ? DAY_SECONDS : 1);
  let group = groups.get(size);
  if (group === undefined) {
    group = { rows: [], starts: [], layouts: [], ranks: [], months: [], timed, size };
    groups.set(size, group);
  }
  group.rows.push(row);
  group.starts.push(start);
  group.layouts.push(layout);
  group.ranks.push(timed ? rank * DAY_SECONDS + second : rank);
  group.months.push(year * 100 + month);
}

function writeGroup({ units }: ColumnText, group: Group, ranks: Float64Array, to: DateSet): void {
  for (let i = 0; i < ranks.length; i++) {
    const start = group.starts[i]!;
    const rank = group.timed ? Math.floor(ranks[i]! / DAY_SECONDS) : ranks[i]!;
    const yearMonth = group.months[i]!;
    const year = Math.floor(yearMonth / 100);
    writeDate(units, start, group.layouts[i]!, to.date(year, yearMonth - year * 100, rank));
    if (group.timed) writeTime(units, start, ranks[i]! - rank * DAY_SECONDS);
  }
}

/** Returns the length of `tweakOf` with the clear digits as left part. */
function tweakBytes({ clearDigits }: DateSet): number {
  return clearDigits === 0 ? 0 : 7 + clearDigits;
}

/** Makes the tweak of each value from the digits of its clear year or month, whatever the form of the date. */
function groupTweaks({ months }: Group, set: DateSet): Uint8Array {
  const { clearDigits } = set;
  if (clearDigits === 0) return NONE;
  const tweakLength = tweakBytes(set);
  const tweaks = new Uint8Array(months.length * tweakLength);
  const known = new Map<number, Uint8Array>();
  for (let i = 0; i < months.length; i++) {
    const yearMonth = months[i]!;
    const year = Math.floor(yearMonth / 100);
    const value = set.clear(year, yearMonth - year * 100);
    let tweak = known.get(value);
    if (tweak === undefined) {
      tweak = tweakOf(Buffer.from(String(value).padStart(clearDigits, '0')), NONE, NONE);
      known.set(value, tweak);
    }
    tweaks.set(tweak, i * tweakLength);
  }
  return tweaks;
}

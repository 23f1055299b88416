import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1 } from '../../../crypto/ff1.ts';
import { isDate } from '../../../policy/calendar.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { tweakOf } from '../../tweak.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import { type DatePlace, refuseDate, refuseForm, refuseTime } from './date-refusal.ts';
import { type DateRules, dateRules } from './date-rules.ts';
import type { DateSet } from './date-sets.ts';
import {
  DATE_LENGTH,
  type DateLayout,
  dateLayout,
  fourDigits,
  readTime,
  type TimeSteps,
  timeSteps,
  twoDigits,
  writeDate,
  writeTime,
} from './date-text.ts';
import { elementFf1 } from '../element-ciphers.ts';
import type { CipherMeter, Method, MethodContext } from '../method.ts';
import { refuseIv } from '../no-iv.ts';
import { isWeakSize, permuteRanks } from '../rank-cipher.ts';
import { textMethod, type TextResult } from '../text-method.ts';

/** More than the times of a day. */
const MAX_STEPS = 2 ** 17;
const NONE = new Uint8Array(0);

/** Values that one permutation takes together, because equally many dates (and times) share their clear part. */
interface Group {
  readonly starts: number[];
  readonly layouts: DateLayout[];
  readonly ranks: number[];
  /** The year and month of each value, as YYYYMM. */
  readonly months: number[];
  /** The times that are tokenized with each date. */
  readonly steps: TimeSteps;
  readonly size: number;
}

/** The groups of a column, and the number of values that stay. */
interface GroupedDates {
  readonly groups: Iterable<Group>;
  readonly clearCount: number;
}

/**
 * Compiles a date element: a date becomes another date of its range, by default 0600-01-01 … 3337-11-27, in the same
 * text form. The form does not enter the token: a day gives the same token day in every form. Dates that stay clear
 * stay in every form, and no token is one of them.
 *
 * Throws `RefusedError` `ELEMENT_UNFIT` for options that exclude each other. The method refuses values with
 * `DATE_FORMAT`, `TIME_FORMAT` or `DATE_INPUT`, and any external IV with `IV_NOT_ALLOWED`.
 */
export function compileDate(element: ElementOf<'date'>, context: MethodContext): Method {
  const rules = { ...dateRules(element, 'by separator'), timeAllowed: false, tokenizeTime: false };
  return dateMethod(rules, context);
}

/**
 * Compiles a datetime element: a date element with a time after the date, which stays or is tokenized together with it:
 * to the second, or to the minute where the value has no seconds. Fraction and zone always stay.
 */
export function compileDatetime(element: ElementOf<'datetime'>, context: MethodContext): Method {
  const rules = { ...dateRules(element, 'never'), timeAllowed: true, tokenizeTime: element.tokenizeTime };
  return dateMethod(rules, context);
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
  const { groups, clearCount } = groupDates(text, from, rules);
  let weakCount = 0;
  for (const group of groups) {
    const ranks = Float64Array.from(group.ranks);
    const tweaks = groupTweaks(group, from, rules.cut);
    permuteRanks(ff1, direction, { size: group.size, ranks, ...tweaks }, meter);
    writeGroup(text, group, ranks, to);
    if (isWeakSize(group.size)) weakCount += ranks.length;
  }
  return { text, weakCount, clearCount };
}

/** Reads every value and groups the values by the number of dates that they may become. */
function groupDates({ units, ends }: ColumnText, from: DateSet, rules: DateRules): GroupedDates {
  const groups = new Map<number, Group>();
  let clearCount = 0;
  for (let row = 0, start = 0; row < ends.length; row++) {
    const end = ends[row]!;
    if (end > start && !addDate(groups, units, { row, start, end }, from, rules)) clearCount++;
    start = end;
  }
  return { groups: groups.values(), clearCount };
}

/** Adds a value to its group; returns false for a value that stays as it is. */
function addDate(
  groups: Map<number, Group>,
  units: Uint16Array,
  place: DatePlace,
  from: DateSet,
  rules: DateRules,
): boolean {
  const { start, end } = place;
  const length = end - start;
  const possible = rules.timeAllowed ? length >= DATE_LENGTH : length === DATE_LENGTH;
  const layout = possible ? dateLayout(units, start, rules.yearLast) : undefined;
  if (layout === undefined) return refuseForm(units, place, rules);
  const steps = timeSteps(units, start, end);
  if (steps === 0) return refuseTime(units, place);
  const year = fourDigits(units, start + layout.year);
  const month = twoDigits(units, start + layout.month);
  const day = twoDigits(units, start + layout.day);
  if (rules.staying.has(year * 10_000 + month * 100 + day)) return false;
  const rank = isDate(year, month, day) ? from.rank(year, month, day) : -1;
  if (rank < 0) return refuseDate(units, place, layout, from, rules);
  const tokenized = rules.tokenizeTime ? steps : 1;
  const dates = from.size(year, month);
  const key = dates * MAX_STEPS + tokenized;
  let group = groups.get(key);
  if (group === undefined) {
    group = { starts: [], layouts: [], ranks: [], months: [], steps: tokenized, size: dates * tokenized };
    groups.set(key, group);
  }
  group.starts.push(start);
  group.layouts.push(layout);
  group.ranks.push(rank * tokenized + readTime(units, start, tokenized));
  group.months.push(year * 100 + month);
  return true;
}

function writeGroup({ units }: ColumnText, group: Group, ranks: Float64Array, to: DateSet): void {
  const { starts, layouts, months, steps } = group;
  for (let i = 0; i < ranks.length; i++) {
    const start = starts[i]!;
    const rank = Math.floor(ranks[i]! / steps);
    const year = Math.floor(months[i]! / 100);
    writeDate(units, start, layouts[i]!, to.date(year, months[i]! - year * 100, rank));
    writeTime(units, start, steps, ranks[i]! - rank * steps);
  }
}

/**
 * Makes the tweak of each value from the digits of its clear year or month, whatever the form of the date, and from
 * what the set leaves out; one for all if nothing is in clear.
 */
function groupTweaks({ months }: Group, set: DateSet, cut: Uint8Array): { tweaks: Uint8Array; tweakLength: number } {
  const { clearDigits } = set;
  if (clearDigits === 0) {
    const tweaks = cut.length === 0 ? NONE : tweakOf(NONE, cut, NONE);
    return { tweaks, tweakLength: tweaks.length };
  }
  const { length: tweakLength } = tweakOf(new Uint8Array(clearDigits), cut, NONE);
  const tweaks = new Uint8Array(months.length * tweakLength);
  const known = new Map<number, Uint8Array>();
  for (let i = 0; i < months.length; i++) {
    const yearMonth = months[i]!;
    const year = Math.floor(yearMonth / 100);
    const value = set.clear(year, yearMonth - year * 100);
    let tweak = known.get(value);
    if (tweak === undefined) {
      tweak = tweakOf(Buffer.from(String(value).padStart(clearDigits, '0')), cut, NONE);
      known.set(value, tweak);
    }
    tweaks.set(tweak, i * tweakLength);
  }
  return { tweaks, tweakLength };
}

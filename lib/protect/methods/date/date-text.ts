// The text forms of dates and times (§4.5). Each field has a fixed place: a token is written over its value, and
// separators, fraction and zone stay as they are.

const ZERO = 0x30;
const BLANK = 0x20;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const LETTER_C = 0x43;
const LETTER_T = 0x54;
const LETTER_U = 0x55;
const LETTER_Z = 0x5a;
/** The bit that tells `t` from `T`. */
const LOWER = 0x20;

export const DATE_LENGTH = 10;
/** The length of a date with hour and minute. */
const MINUTE_LENGTH = 16;
/** The length of a date with hour, minute and second. */
const SECOND_LENGTH = 19;
const MAX_FRACTION = 9;

/** How dates are read that end with the year: not at all, by their separator, or day or month first. */
export type YearLast = 'never' | 'by separator' | 'dmy' | 'mdy';

/** The places of year, month, day and separators in a date. */
export interface DateLayout {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly separators: readonly [number, number];
}

const YEAR_FIRST: DateLayout = { year: 0, month: 5, day: 8, separators: [4, 7] };
const DAY_FIRST: DateLayout = { year: 6, month: 3, day: 0, separators: [2, 5] };
const MONTH_FIRST: DateLayout = { year: 6, month: 0, day: 3, separators: [2, 5] };

/**
 * Returns the layout of the date in the ten characters at `at`: `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`, and dates that
 * end with the year as `yearLast` says; `by separator` is `DD/MM/YYYY` and `MM.DD.YYYY`. Returns undefined for any other
 * text.
 */
export function dateLayout(units: Uint16Array, at: number, yearLast: YearLast): DateLayout | undefined {
  const layout = separatorLayout(units, at, yearLast);
  if (layout === undefined) return undefined;
  const [first, second] = layout.separators;
  return units[at + first] === units[at + second] &&
    fourDigits(units, at + layout.year) >= 0 &&
    twoDigits(units, at + layout.month) >= 0 &&
    twoDigits(units, at + layout.day) >= 0
    ? layout
    : undefined;
}

function separatorLayout(units: Uint16Array, at: number, yearLast: YearLast): DateLayout | undefined {
  if (isDateSeparator(units[at + 4]!)) return YEAR_FIRST;
  const separator = units[at + 2]!;
  if (!isDateSeparator(separator)) return undefined;
  switch (yearLast) {
    case 'dmy':
      return DAY_FIRST;
    case 'mdy':
      return MONTH_FIRST;
    case 'by separator':
      return separator === SLASH ? DAY_FIRST : separator === POINT ? MONTH_FIRST : undefined;
    case 'never':
    default:
      return undefined;
  }
}

function isDateSeparator(unit: number): boolean {
  return unit === MINUS || unit === SLASH || unit === POINT;
}

/** How many times of day a text form tells apart: one if it has no time, else minutes or seconds. */
export type TimeSteps = 1 | 1440 | 86_400;
const NO_TIME = 1;
const MINUTES = 1440;
const SECONDS = 86_400;

/**
 * Returns the steps of the time that follows the date at `at`, 0 for any other text up to `to`. The form is a blank or
 * `T` and `HH:MM` or `HH:MM:SS`; after seconds optionally a point or comma and a fraction of 1 to 9 digits, or a blank
 * and one of 3, 6 or 9; then optionally a zone. The zone is `Z`, `±hh`, `±hhmm`, `±hh:mm` or `±hh:mm:ss`, perhaps after
 * a blank, or `UTC` after a blank. `t` and `z` are taken too (RFC 3339, section 5.6).
 */
export function timeSteps(units: Uint16Array, at: number, to: number): TimeSteps | 0 {
  if (to === at + DATE_LENGTH) return NO_TIME;
  const between = units[at + 10]!;
  const valid =
    to >= at + MINUTE_LENGTH &&
    (between === BLANK || (between & ~LOWER) === LETTER_T) &&
    isBelow(twoDigits(units, at + 11), 24) &&
    units[at + 13] === COLON &&
    isBelow(twoDigits(units, at + 14), 60);
  if (!valid) return 0;
  const afterMinute = at + MINUTE_LENGTH;
  if (afterMinute === to || units[afterMinute] !== COLON) return isZone(units, afterMinute, to) ? MINUTES : 0;
  const afterSecond = at + SECOND_LENGTH;
  if (to < afterSecond || !isBelow(twoDigits(units, at + 17), 60)) return 0;
  return isZone(units, afterFraction(units, afterSecond, to), to) ? SECONDS : 0;
}

/** Returns the end of the fraction at `from`; `from` itself if there is none. */
function afterFraction(units: Uint16Array, from: number, to: number): number {
  const mark = from < to ? units[from]! : 0;
  if (mark !== POINT && mark !== COMMA && mark !== BLANK) return from;
  let at = from + 1;
  while (at < to && isDigit(units[at]!)) at++;
  const digits = at - from - 1;
  const valid = digits > 0 && digits <= MAX_FRACTION && (mark !== BLANK || digits % 3 === 0);
  return valid ? at : from;
}

function isZone(units: Uint16Array, from: number, to: number): boolean {
  if (from === to) return true;
  const afterBlank = units[from] === BLANK;
  const at = afterBlank ? from + 1 : from;
  const length = to - at;
  if (length === 1) return (units[at]! & ~LOWER) === LETTER_Z;
  if (afterBlank && length === 3 && units[at] === LETTER_U) {
    return units[at + 1] === LETTER_T && units[at + 2] === LETTER_C;
  }
  if (length < 3 || (units[at] !== PLUS && units[at] !== MINUS) || !isBelow(twoDigits(units, at + 1), 24)) return false;
  switch (length) {
    case 3:
      return true;
    case 5:
      return isBelow(twoDigits(units, at + 3), 60);
    case 6:
      return isColonField(units, at + 3);
    case 9:
      return isColonField(units, at + 3) && isColonField(units, at + 6);
    default:
      return false;
  }
}

/** Tells whether a colon and minutes or seconds stand at `at`. */
function isColonField(units: Uint16Array, at: number): boolean {
  return units[at] === COLON && isBelow(twoDigits(units, at + 1), 60);
}

function isBelow(value: number, limit: number): boolean {
  return value >= 0 && value < limit;
}

function isDigit(unit: number): boolean {
  return (unit - ZERO) >>> 0 <= 9;
}

/** Tells whether a text begins or ends with a blank. */
export function hasOuterBlank(units: Uint16Array, from: number, to: number): boolean {
  return units[from] === BLANK || units[to - 1] === BLANK;
}

/** Returns the number of two digits, −1 if one is no digit. */
export function twoDigits(units: Uint16Array, at: number): number {
  const tens = units[at]! - ZERO;
  const ones = units[at + 1]! - ZERO;
  return tens >>> 0 <= 9 && ones >>> 0 <= 9 ? tens * 10 + ones : -1;
}

/** Returns the number of four digits, −1 if one is no digit. */
export function fourDigits(units: Uint16Array, at: number): number {
  const high = twoDigits(units, at);
  const low = twoDigits(units, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/** Writes YYYYMMDD over the date at `at`. */
export function writeDate(units: Uint16Array, at: number, layout: DateLayout, date: number): void {
  const year = Math.floor(date / 10_000);
  const monthDay = date - year * 10_000;
  const century = (year / 100) | 0;
  const month = (monthDay / 100) | 0;
  writeTwo(units, at + layout.year, century);
  writeTwo(units, at + layout.year + 2, year - century * 100);
  writeTwo(units, at + layout.month, month);
  writeTwo(units, at + layout.day, monthDay - month * 100);
}

/** Returns the time after the date at `at`, in steps of the day. */
export function readTime(units: Uint16Array, at: number, steps: TimeSteps): number {
  if (steps === NO_TIME) return 0;
  const minute = twoDigits(units, at + 11) * 60 + twoDigits(units, at + 14);
  return steps === MINUTES ? minute : minute * 60 + twoDigits(units, at + 17);
}

/** Writes a time, in steps of the day, over the one after the date at `at`. */
export function writeTime(units: Uint16Array, at: number, steps: TimeSteps, time: number): void {
  if (steps === NO_TIME) return;
  const minutes = steps === MINUTES ? time : (time / 60) | 0;
  const hour = (minutes / 60) | 0;
  writeTwo(units, at + 11, hour);
  writeTwo(units, at + 14, minutes - hour * 60);
  if (steps === SECONDS) writeTwo(units, at + 17, time - minutes * 60);
}

function writeTwo(units: Uint16Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  units[at] = ZERO + tens;
  units[at + 1] = ZERO + value - tens * 10;
}

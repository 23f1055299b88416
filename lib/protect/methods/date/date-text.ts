// The text forms of dates and times (§4.5). Each field has a fixed place: a token is written over its value, and
// separators, fraction and offset stay as they are.

import type { RefusalCode } from '../../refusal.ts';

const ZERO = 0x30;
const BLANK = 0x20;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const LETTER_T = 0x54;

const DATE_LENGTH = 10;
const TIME_LENGTH = 19;
const OFFSET_LENGTH = 6;

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
 * Returns the layout of the date in the ten characters at `at`: `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYY.MM.DD`; with
 * `anyOrder` also `DD/MM/YYYY` and `MM.DD.YYYY`, which the separators tell apart. Returns undefined for any other text.
 */
export function dateLayout(units: Uint16Array, at: number, anyOrder: boolean): DateLayout | undefined {
  const layout = separatorLayout(units, at, anyOrder);
  if (layout === undefined) return undefined;
  const [first, second] = layout.separators;
  return units[at + first] === units[at + second] &&
    fourDigits(units, at + layout.year) >= 0 &&
    twoDigits(units, at + layout.month) >= 0 &&
    twoDigits(units, at + layout.day) >= 0
    ? layout
    : undefined;
}

function separatorLayout(units: Uint16Array, at: number, anyOrder: boolean): DateLayout | undefined {
  const afterFour = units[at + 4]!;
  if (afterFour === MINUS || afterFour === SLASH || afterFour === POINT) return YEAR_FIRST;
  if (!anyOrder) return undefined;
  const afterTwo = units[at + 2]!;
  if (afterTwo === SLASH) return DAY_FIRST;
  return afterTwo === POINT ? MONTH_FIRST : undefined;
}

/** Returns the refusal for the length of a value, undefined for a possible length. */
export function lengthFault(length: number, timeAllowed: boolean): RefusalCode | undefined {
  if (length === DATE_LENGTH) return undefined;
  if (!timeAllowed || length < DATE_LENGTH) return 'DATE_FORMAT';
  return length < TIME_LENGTH ? 'TIME_FORMAT' : undefined;
}

/**
 * Returns the second of the day of the time that follows the date at `at`, −1 if the value ends (`to`) after the date.
 * The form is a blank or `T` and `HH:MM:SS`; then optionally a point, comma or blank and a fraction of 3, 6 or 9
 * digits; then optionally an offset `±hh:mm`. Returns −2 for any other text.
 */
export function secondOfDay(units: Uint16Array, at: number, to: number): number {
  if (to === at + DATE_LENGTH) return -1;
  const separator = units[at + 10]!;
  const hour = twoDigits(units, at + 11);
  const minute = twoDigits(units, at + 14);
  const second = twoDigits(units, at + 17);
  const valid =
    (separator === BLANK || separator === LETTER_T) &&
    units[at + 13] === COLON &&
    units[at + 16] === COLON &&
    isBelow(hour, 24) &&
    isBelow(minute, 60) &&
    isBelow(second, 60) &&
    isTail(units, at + TIME_LENGTH, to);
  return valid ? hour * 3600 + minute * 60 + second : -2;
}

function isTail(units: Uint16Array, from: number, to: number): boolean {
  let at = from;
  const mark = units[at]!;
  if (at < to && (mark === POINT || mark === COMMA || mark === BLANK)) {
    at++;
    while (at < to && isDigit(units[at]!)) at++;
    const digits = at - from - 1;
    if (digits !== 3 && digits !== 6 && digits !== 9) return false;
  }
  return at === to || isOffset(units, at, to);
}

function isOffset(units: Uint16Array, at: number, to: number): boolean {
  return (
    to - at === OFFSET_LENGTH &&
    (units[at] === PLUS || units[at] === MINUS) &&
    isBelow(twoDigits(units, at + 1), 24) &&
    units[at + 3] === COLON &&
    isBelow(twoDigits(units, at + 4), 60)
  );
}

function isBelow(value: number, limit: number): boolean {
  return value >= 0 && value < limit;
}

function isDigit(unit: number): boolean {
  return (unit - ZERO) >>> 0 <= 9;
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

/** Writes the second of a day over the time after the date at `at`. */
export function writeTime(units: Uint16Array, at: number, second: number): void {
  const hour = (second / 3600) | 0;
  const minute = ((second - hour * 3600) / 60) | 0;
  writeTwo(units, at + 11, hour);
  writeTwo(units, at + 14, minute);
  writeTwo(units, at + 17, second - hour * 3600 - minute * 60);
}

function writeTwo(units: Uint16Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  units[at] = ZERO + tens;
  units[at + 1] = ZERO + value - tens * 10;
}

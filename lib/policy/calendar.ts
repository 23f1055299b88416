// The proleptic Gregorian calendar in whole days since 0600-01-01, and the range of protected dates: 0600-01-01 …
// 3337-11-27 without 1582-10-05 … 1582-10-14, which the Gregorian reform skipped. A date is one number, YYYYMMDD.

export const FIRST_YEAR = 600;
/** The number of days from 0600-01-01 to 3337-11-27, the skipped ones included. */
export const RANGE_DAYS = 1_000_000;
/** The first and the last date of the range, and of the million days after it. */
export const FIRST_DATE = 6_000_101;
export const LAST_DATE = 33_371_127;
export const FIRST_LATER_DATE = 33_371_128;
export const LAST_LATER_DATE = 60_751_024;
const LAST_YEAR = 3337;
/** The number of days of November 3337 in the range. */
const LAST_NOVEMBER = 27;
const SKIPPED = { year: 1582, month: 10, first: 5, days: 10 } as const;

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** The days of a year before month 1 to 13: first of a common year, then, from index 14 on, of a leap year. */
const BEFORE_MONTH = Uint16Array.from([...daysBeforeMonths(28), ...daysBeforeMonths(29)]);
const LEAP = 14;
const EPOCH = daysBeforeYear(FIRST_YEAR);

function daysBeforeMonths(february: number): number[] {
  const sums = [0, 0];
  for (let month = 1; month <= 12; month++) sums.push(sums[month]! + (month === 2 ? february : MONTH_DAYS[month]!));
  return sums;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Counts the leap years from year 1 to before `year`, which is at least 1. */
function leapYearsBefore(year: number): number {
  const y = year - 1;
  return Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
}

function daysBeforeYear(year: number): number {
  return 365 * (year - 1) + leapYearsBefore(year);
}

/** Tells whether the calendar has this day. Years from 0 on. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= (month === 2 && isLeapYear(year) ? 29 : MONTH_DAYS[month]!);
}

/** Returns the days from 0600-01-01 to a date of the calendar, negative before it. Years from 1 on. */
export function dayNumber(year: number, month: number, day: number): number {
  return daysBeforeYear(year) - EPOCH + BEFORE_MONTH[month + (isLeapYear(year) ? LEAP : 0)]! + day - 1;
}

/** Returns the YYYYMMDD of a day number from 0 on. */
export function dateOfDay(days: number): number {
  // The mean year is off by one at most, at the turn of a year.
  let year = FIRST_YEAR + Math.floor(days / 365.2425);
  if (days < daysBeforeYear(year) - EPOCH) year--;
  else if (days >= daysBeforeYear(year + 1) - EPOCH) year++;
  const dayOfYear = days - (daysBeforeYear(year) - EPOCH);
  const table = isLeapYear(year) ? LEAP : 0;
  // Counting a month every 32 days falls behind by one month at most and is never ahead.
  let month = (dayOfYear >> 5) + 1;
  if (dayOfYear >= BEFORE_MONTH[table + month + 1]!) month++;
  return year * 10_000 + month * 100 + dayOfYear - BEFORE_MONTH[table + month]! + 1;
}

const SKIPPED_FROM = dayNumber(SKIPPED.year, SKIPPED.month, SKIPPED.first);
const SKIPPED_TO = SKIPPED_FROM + SKIPPED.days;

/** The number of days that a value may have: 999,990. */
export const RANGE_RANKS = RANGE_DAYS - SKIPPED.days;

/** Returns the rank of a day number among the days of the range without the skipped ones, −1 for any other day. */
export function rankOfDay(days: number): number {
  if (days < SKIPPED_FROM) return days < 0 ? -1 : days;
  return days < SKIPPED_TO || days >= RANGE_DAYS ? -1 : days - SKIPPED.days;
}

/** Counts the days of the range before a day number from 0 to `RANGE_DAYS`. */
export function ranksBefore(days: number): number {
  return days <= SKIPPED_FROM ? days : Math.max(SKIPPED_FROM, days - SKIPPED.days);
}

/** Returns the rank of a YYYYMMDD, −1 for a date that no value may have, and for digits that are no date. */
export function rankOfDate(date: number): number {
  const { year, month, day } = splitDate(date);
  return year > 0 && isDate(year, month, day) ? rankOfDay(dayNumber(year, month, day)) : -1;
}

/** Splits a YYYYMMDD. */
export function splitDate(date: number): { readonly year: number; readonly month: number; readonly day: number } {
  return { year: Math.floor(date / 10_000), month: Math.floor(date / 100) % 100, day: date % 100 };
}

/** Returns the YYYYMMDD of a `YYYY-MM-DD`. */
export function dateOfText(text: string): number {
  return Number(text.replaceAll('-', ''));
}

/** Writes a YYYYMMDD as `YYYY-MM-DD`. */
export function textOfDate(date: number): string {
  return String(date)
    .padStart(8, '0')
    .replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}

/** Returns the day number of a rank below `RANGE_RANKS`. */
export function dayOfRank(rank: number): number {
  return rank < SKIPPED_FROM ? rank : rank + SKIPPED.days;
}

/** Returns the rank of the first day of a year of the range; for a later year, the end of the range. */
export function firstRankOfYear(year: number): number {
  return year > LAST_YEAR ? RANGE_RANKS : rankOfDay(dayNumber(year, 1, 1));
}

/** Counts the days of the range in `month` before `year`. */
function monthDaysBefore(year: number, month: number): number {
  const days = (year - FIRST_YEAR) * MONTH_DAYS[month]!;
  if (month === 2) return days + leapYearsBefore(year) - leapYearsBefore(FIRST_YEAR);
  return month === SKIPPED.month && year > SKIPPED.year ? days - SKIPPED.days : days;
}

/** Counts the days of the range in `month`: 77,328 to 84,878. */
export function monthRanks(month: number): number {
  if (month <= 10) return monthDaysBefore(LAST_YEAR + 1, month);
  return monthDaysBefore(LAST_YEAR, month) + (month === 11 ? LAST_NOVEMBER : 0);
}

/** Returns the rank of a date of the range among the dates of its month. */
export function rankInMonth(year: number, month: number, day: number): number {
  const skipped = year === SKIPPED.year && month === SKIPPED.month && day >= SKIPPED.first;
  return monthDaysBefore(year, month) + day - 1 - (skipped ? SKIPPED.days : 0);
}

/** Returns the YYYYMMDD of the date at a rank below `monthRanks(month)`. */
export function dateInMonth(month: number, rank: number): number {
  let year = FIRST_YEAR + Math.floor(rank / MONTH_DAYS[month]!);
  while (monthDaysBefore(year, month) > rank) year--;
  while (monthDaysBefore(year + 1, month) <= rank) year++;
  const day = rank - monthDaysBefore(year, month) + 1;
  const skip = year === SKIPPED.year && month === SKIPPED.month && day >= SKIPPED.first;
  return year * 10_000 + month * 100 + day + (skip ? SKIPPED.days : 0);
}

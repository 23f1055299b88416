import { describe, expect, test } from '@jest/globals';
import {
  dateInMonth,
  dateOfDay,
  dateOfText,
  dayNumber,
  dayOfRank,
  FIRST_DATE,
  FIRST_LATER_DATE,
  firstRankOfYear,
  isDate,
  LAST_DATE,
  LAST_LATER_DATE,
  monthRanks,
  RANGE_DAYS,
  RANGE_RANKS,
  rankInMonth,
  rankOfDate,
  rankOfDay,
  ranksBefore,
  textOfDate,
} from '../../../lib/policy/calendar.ts';

const split = (date: number): [number, number, number] => [
  Math.floor(date / 10_000),
  Math.floor(date / 100) % 100,
  date % 100,
];

/** An independent calendar. */
function platformDate(days: number): number {
  const date = new Date(Date.UTC(600, 0, 1 + days));
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

const DAY_MS = 86_400_000;
/** Days from 0600-01-01 to the first day of a month, counted from January 600. */
const monthStart = (month: number): number => (Date.UTC(600, month) - Date.UTC(600, 0)) / DAY_MS;

/** All dates of the range, in order. */
function* rangeDates(): Generator<[number, number, number]> {
  for (let days = 0; days < RANGE_DAYS; days++) {
    const date = dateOfDay(days);
    if (date < 15_821_005 || date > 15_821_014) yield split(date);
  }
}

describe('the calendar', () => {
  test('agrees with the platform on the first and last day of every month from 0600 to 6075, both ways', () => {
    const wrong: number[] = [];
    for (let month = 0; month < 12 * (6076 - 600); month++) {
      for (const days of [monthStart(month), monthStart(month + 1) - 1]) {
        const date = dateOfDay(days);
        if (date !== platformDate(days) || dayNumber(...split(date)) !== days) wrong.push(days);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    [6_000_101, 0],
    [33_371_127, 999_999],
    [33_371_128, 1_000_000],
    [60_751_024, 1_999_999],
    [6_000_301, 59],
  ])('has %d as day %d', (date, days) => {
    expect(dateOfDay(days)).toBe(date);
    expect(dayNumber(...split(date))).toBe(days);
  });

  test.each<[number, number, number, boolean]>([
    [2000, 2, 29, true],
    [1900, 2, 29, false],
    [2024, 2, 29, true],
    [2023, 2, 29, false],
    [2024, 2, 30, false],
    [2024, 4, 31, false],
    [2024, 12, 31, true],
    [2024, 12, 32, false],
    [2024, 13, 1, false],
    [2024, 0, 1, false],
    [2024, 1, 0, false],
  ])('accepts %d-%d-%d as a date: %s', (year, month, day, expected) => {
    expect(isDate(year, month, day)).toBe(expected);
  });
});

describe('the range', () => {
  test('has 999,990 ranks, and the ten days of October 1582 have none', () => {
    expect(RANGE_RANKS).toBe(999_990);
    const skipped = [];
    for (let days = 0; days < RANGE_DAYS; days++) if (rankOfDay(days) < 0) skipped.push(dateOfDay(days));
    expect(skipped).toEqual(Array.from({ length: 10 }, (_, i) => 15_821_005 + i));
  });

  test('maps ranks to days and back, without gaps', () => {
    let wrong = 0;
    for (let rank = 0; rank < RANGE_RANKS; rank++) if (rankOfDay(dayOfRank(rank)) !== rank) wrong++;
    expect(wrong).toBe(0);
  });

  test('counts the ranks before each day', () => {
    let wrong = 0;
    for (let days = 0, ranks = 0; days <= RANGE_DAYS; days++) {
      if (ranksBefore(days) !== ranks) wrong++;
      if (rankOfDay(days) >= 0) ranks++;
    }
    expect(wrong).toBe(0);
  });

  test.each([
    [FIRST_DATE, 0],
    [LAST_DATE, RANGE_RANKS - 1],
    [15_821_004, 358_944],
    [15_821_005, -1],
    [15_821_015, 358_945],
    [5_991_231, -1],
    [33_371_128, -1],
    [20_230_229, -1],
    [20_241_301, -1],
    [0, -1],
  ])('gives the date %d the rank %d', (date, rank) => {
    expect(rankOfDate(date)).toBe(rank);
  });

  test('begins and ends as named, and so do the million days after it', () => {
    expect([dateOfDay(0), dateOfDay(RANGE_DAYS - 1)]).toEqual([FIRST_DATE, LAST_DATE]);
    expect([dateOfDay(RANGE_DAYS), dateOfDay(2 * RANGE_DAYS - 1)]).toEqual([FIRST_LATER_DATE, LAST_LATER_DATE]);
  });

  test.each(['0001-01-01', '1999-12-31', '0000-00-00'])('reads and writes %s', (text) => {
    expect(textOfDate(dateOfText(text))).toBe(text);
  });

  test.each([-1, RANGE_DAYS, RANGE_DAYS + 1])('has no rank for day %d', (days) => {
    expect(rankOfDay(days)).toBe(-1);
  });

  test.each([
    [600, 365],
    [1581, 365],
    [1582, 355],
    [2023, 365],
    [2024, 366],
    [3336, 366],
    [3337, 331],
  ])('has in year %d %d days', (year, days) => {
    expect(firstRankOfYear(year + 1) - firstRankOfYear(year)).toBe(days);
  });

  test.each([
    [1, 84_878],
    [2, 77_328],
    [3, 84_878],
    [4, 82_140],
    [10, 84_868],
    [11, 82_137],
    [12, 84_847],
  ])('has in all months %d together %d days', (month, days) => {
    expect(monthRanks(month)).toBe(days);
  });

  test('maps the ranks of each month to dates and back, without gaps', () => {
    const next = new Array<number>(13).fill(0);
    let wrong = 0;
    for (const [year, month, day] of rangeDates()) {
      const rank = next[month]!++;
      if (rankInMonth(year, month, day) !== rank) wrong++;
      if (dateInMonth(month, rank) !== year * 10_000 + month * 100 + day) wrong++;
    }
    expect(wrong).toBe(0);
    expect(next.slice(1)).toEqual(Array.from({ length: 12 }, (_, i) => monthRanks(i + 1)));
  });
});

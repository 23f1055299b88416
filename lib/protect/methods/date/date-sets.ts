import {
  dateInMonth,
  dateOfDay,
  dayNumber,
  dayOfRank,
  firstRankOfYear,
  monthRanks,
  RANGE_DAYS,
  RANGE_RANKS,
  rankInMonth,
  rankOfDay,
} from './calendar.ts';

/** The dates that a date may become, itself included: all dates with the same clear part. */
export interface DateSet {
  /** The number of digits of the clear part, which the tweak binds: none, those of a month, or those of a year. */
  readonly clearDigits: 0 | 2 | 4;
  /** Returns the clear part: nothing (0), the month or the year. */
  clear(year: number, month: number): number;
  /** Counts the dates with the same clear part. */
  size(year: number, month: number): number;
  /** Returns the rank of a date of the calendar among them, −1 for a date that no value may have. */
  rank(year: number, month: number, day: number): number;
  /** Returns the YYYYMMDD of the date at a rank, given the year and month of a date with the same clear part. */
  date(year: number, month: number, rank: number): number;
}

const nothing = (): number => 0;

/** Makes the set of all dates 0600-01-01 … 3337-11-27, moved by `later` days. */
function wholeRange(later: number): DateSet {
  return {
    clearDigits: 0,
    clear: nothing,
    size: () => RANGE_RANKS,
    rank: (year, month, day) => rankOfDay(dayNumber(year, month, day) - later),
    date: (_year, _month, rank) => dateOfDay(dayOfRank(rank) + later),
  };
}

export const anyDate = wholeRange(0);

/** The million days after the range: 3337-11-28 … 6075-10-24. */
export const distinguishableDate = wholeRange(RANGE_DAYS);

export const dateInSameYear: DateSet = {
  clearDigits: 4,
  clear: (year) => year,
  size: (year) => firstRankOfYear(year + 1) - firstRankOfYear(year),
  rank: (year, month, day) => {
    const rank = anyDate.rank(year, month, day);
    return rank < 0 ? -1 : rank - firstRankOfYear(year);
  },
  date: (year, _month, rank) => dateOfDay(dayOfRank(firstRankOfYear(year) + rank)),
};

export const dateInSameMonth: DateSet = {
  clearDigits: 2,
  clear: (_year, month) => month,
  size: (_year, month) => monthRanks(month),
  rank: (year, month, day) => (anyDate.rank(year, month, day) < 0 ? -1 : rankInMonth(year, month, day)),
  date: (_year, month, rank) => dateInMonth(month, rank),
};

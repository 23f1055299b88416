import {
  dateInMonth,
  dateOfDay,
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
  rankOfDay,
  splitDate,
} from '../../../policy/calendar.ts';

/** The dates that a date may become, itself included: all dates with the same clear part. */
export interface DateSet {
  /** The number of digits of the clear part, which the tweak binds: none, those of a month, or those of a year. */
  readonly clearDigits: 0 | 2 | 4;
  /** The first and the last date of the set as YYYYMMDD, whatever the clear part. */
  readonly first: number;
  readonly last: number;
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
function wholeRange(later: number, first: number, last: number): DateSet {
  return {
    clearDigits: 0,
    first,
    last,
    clear: nothing,
    size: () => RANGE_RANKS,
    rank: (year, month, day) => rankOfDay(dayNumber(year, month, day) - later),
    date: (_year, _month, rank) => dateOfDay(dayOfRank(rank) + later),
  };
}

export const anyDate = wholeRange(0, FIRST_DATE, LAST_DATE);

/** The million days after the range: 3337-11-28 … 6075-10-24. */
export const distinguishableDate = wholeRange(RANGE_DAYS, FIRST_LATER_DATE, LAST_LATER_DATE);

export const dateInSameYear: DateSet = {
  clearDigits: 4,
  first: FIRST_DATE,
  last: LAST_DATE,
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
  first: FIRST_DATE,
  last: LAST_DATE,
  clear: (_year, month) => month,
  size: (_year, month) => monthRanks(month),
  rank: (year, month, day) => (anyDate.rank(year, month, day) < 0 ? -1 : rankInMonth(year, month, day)),
  date: (_year, month, rank) => dateInMonth(month, rank),
};

/** Makes the set of the first `count` dates of a set that has no clear part. */
export function firstDates(set: DateSet, count: number): DateSet {
  return {
    ...set,
    size: () => count,
    rank: (year, month, day) => {
      const rank = set.rank(year, month, day);
      return rank < count ? rank : -1;
    },
  };
}

/** What a smaller set leaves out of another one: dates before `from`, after `to`, and the dates to avoid, in order. */
export interface DateCut {
  readonly from: number;
  readonly to: number;
  readonly avoid: readonly number[];
}

/** The dates of a smaller set with one clear part, as ranks of the larger set. */
interface CutPart {
  readonly first: number;
  readonly size: number;
  /** Ranks counted from `first`, in order. */
  readonly avoided: readonly number[];
}

/** Makes the set of those dates of `set` that are left. Ranks of `set` must have the order of the calendar. */
export function cutDates(set: DateSet, { from, to, avoid }: DateCut): DateSet {
  const parts = new Map<number, CutPart>();

  function partOf(year: number, month: number): CutPart {
    const clear = set.clear(year, month);
    let part = parts.get(clear);
    if (part === undefined) {
      part = measure(year, month);
      parts.set(clear, part);
    }
    return part;
  }

  function measure(year: number, month: number): CutPart {
    const first = ranksBelow(from, year, month);
    const end = ranksBelow(to + 1, year, month);
    const avoided = avoid
      .map(splitDate)
      .filter((date) => set.clear(date.year, date.month) === set.clear(year, month))
      .map((date) => (isDate(date.year, date.month, date.day) ? set.rank(date.year, date.month, date.day) : -1))
      .filter((rank) => rank >= first && rank < end)
      .map((rank) => rank - first);
    return { first, size: end - first - avoided.length, avoided };
  }

  /** Counts the dates of `set` before a date, with the clear part of a year and month. */
  function ranksBelow(date: number, year: number, month: number): number {
    let [low, high] = [0, set.size(year, month)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (set.date(year, month, middle) < date) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    clearDigits: set.clearDigits,
    first: Math.max(from, set.first),
    last: Math.min(to, set.last),
    clear: (year, month) => set.clear(year, month),
    size: (year, month) => partOf(year, month).size,
    rank: (year, month, day) => {
      const rank = set.rank(year, month, day);
      if (rank < 0) return -1;
      const { first, size, avoided } = partOf(year, month);
      const place = rank - first;
      if (place < 0 || place >= size + avoided.length || avoided.includes(place)) return -1;
      return place - avoided.filter((other) => other < place).length;
    },
    date: (year, month, rank) => {
      const { first, avoided } = partOf(year, month);
      let place = rank;
      for (const other of avoided) if (other <= place) place++;
      return set.date(year, month, first + place);
    },
  };
}

// The dates that an element tokenizes, and how many of them an attacker has to choose from. A date is YYYYMMDD.

import {
  dateOfText,
  dayNumber,
  FIRST_DATE,
  FIRST_LATER_DATE,
  LAST_DATE,
  LAST_LATER_DATE,
  rankOfDate,
  ranksBefore,
  splitDate,
} from '../calendar.ts';
import type { DateElement } from './date.schema.ts';

/** Returns the first and the last date that the element takes. */
export function dateBounds({ range }: Pick<DateElement, 'range'>): { readonly from: number; readonly to: number } {
  if (range === undefined) return { from: FIRST_DATE, to: LAST_DATE };
  return { from: dateOfText(range.from), to: dateOfText(range.to) };
}

/** Returns the dates that stay clear, in the order of the calendar. */
export function clearDates({ staysClear = [] }: Pick<DateElement, 'staysClear'>): number[] {
  return [...new Set(staysClear.map(dateOfText))].toSorted((a, b) => a - b);
}

/** Returns those dates that stay clear which would be tokenized otherwise, so that tokens have to avoid them. */
export function avoidedDates(element: Pick<DateElement, 'range' | 'staysClear'>): number[] {
  const { from, to } = dateBounds(element);
  return clearDates(element).filter((date) => date >= from && date <= to && rankOfDate(date) >= 0);
}

/** Tells whether a distinguishable token may be this date. */
export function isLaterDate(date: number): boolean {
  return date >= FIRST_LATER_DATE && date <= LAST_LATER_DATE;
}

/** The smallest set of dates with the same clear part. */
export interface FewestChoices {
  readonly count: number;
  /** The clear part in words: ` of 1999`, ` of month 02`, nothing where none is clear. */
  readonly part: string;
}

/** Counts the dates of the element's range, which must be valid, for the clear part that has fewest. */
export function fewestChoices(element: Pick<DateElement, 'range' | 'staysClear' | 'dateInClear'>): FewestChoices {
  const { dateInClear } = element;
  const partOf = (year: number, month: number): string => {
    if (dateInClear === 'none') return '';
    return dateInClear === 'year' ? ` of ${year}` : ` of month ${String(month).padStart(2, '0')}`;
  };
  const counts = new Map<string, number>();
  const add = (part: string, dates: number): Map<string, number> => counts.set(part, (counts.get(part) ?? 0) + dates);
  for (const { year, month, dates } of months(dateBounds(element))) add(partOf(year, month), dates);
  for (const date of avoidedDates(element)) {
    const { year, month } = splitDate(date);
    add(partOf(year, month), -1);
  }
  const [[part, count]] = [...counts].toSorted(([, a], [, b]) => a - b) as [[string, number]];
  return { count, part };
}

/** Lists the months from one date to another one, and how many of their dates lie between. */
function* months({ from, to }: { readonly from: number; readonly to: number }) {
  const [first, last] = [splitDate(from), splitDate(to)];
  const end = dayNumber(last.year, last.month, last.day) + 1;
  let at = dayNumber(first.year, first.month, first.day);
  for (let { year, month } = first; at < end; month = (month % 12) + 1, year += month === 1 ? 1 : 0) {
    const next = Math.min(end, month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1));
    yield { year, month, dates: ranksBefore(next) - ranksBefore(at) };
    at = next;
  }
}

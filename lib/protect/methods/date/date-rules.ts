// What the options of a date element mean for its values and tokens.

import { RANGE_RANKS } from '../../../policy/calendar.ts';
import { avoidedDates, clearDates, dateBounds, isLaterDate } from '../../../policy/elements/date-choices.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { RefusedError } from '../../refusal.ts';
import {
  anyDate,
  cutDates,
  dateInSameMonth,
  dateInSameYear,
  type DateSet,
  distinguishableDate,
  firstDates,
} from './date-sets.ts';
import type { YearLast } from './date-text.ts';

const NONE = new Uint8Array(0);

/** The options of a date element: values come from one set of dates, tokens from another one of the same size. */
export interface DateRules {
  readonly plain: DateSet;
  readonly token: DateSet;
  /** What the sets leave out, as bytes for the tweak: sets of almost the same size share an FF1 permutation. */
  readonly cut: Uint8Array;
  /** Dates that stay as they are. */
  readonly staying: ReadonlySet<number>;
  readonly yearLast: YearLast;
  /** True if the policy names the order of day and month. */
  readonly orderNamed: boolean;
  /** True if a time may follow the date, and if it is tokenized together with the date. */
  readonly timeAllowed: boolean;
  readonly tokenizeTime: boolean;
}

const YEAR_LAST = { ymd: 'never', dmy: 'dmy', mdy: 'mdy' } as const;

/**
 * Makes the rules of an element. `yearLast` says how dates are read if the element has no `dateOrder`. Throws
 * `RefusedError` `ELEMENT_UNFIT` for options that exclude each other.
 */
export function dateRules(
  element: ElementOf<'date' | 'datetime'>,
  yearLast: YearLast,
): Omit<DateRules, 'timeAllowed' | 'tokenizeTime'> {
  const { dateOrder } = element;
  return {
    ...dateSets(element),
    staying: new Set(clearDates(element)),
    yearLast: dateOrder === undefined ? yearLast : YEAR_LAST[dateOrder],
    orderNamed: dateOrder !== undefined,
  };
}

function dateSets(element: ElementOf<'date' | 'datetime'>): Pick<DateRules, 'plain' | 'token' | 'cut'> {
  const { dateInClear, distinguishable, range } = element;
  const avoid = avoidedDates(element);
  const { from, to } = dateBounds(element);
  const isCut = range !== undefined || avoid.length > 0;
  const cut = isCut ? Buffer.from([`${from}-${to}`, ...avoid].join()) : NONE;
  if (distinguishable) {
    // A distinguishable token has a year that no value has, which therefore cannot be in clear.
    const excluded = dateInClear !== 'none' || range !== undefined || clearDates(element).some(isLaterDate);
    if (excluded) throw new RefusedError('ELEMENT_UNFIT');
    const plain = isCut ? cutDates(anyDate, { from, to, avoid }) : anyDate;
    const token = isCut ? firstDates(distinguishableDate, RANGE_RANKS - avoid.length) : distinguishableDate;
    return { plain, token, cut };
  }
  const whole = { none: anyDate, year: dateInSameYear, month: dateInSameMonth }[dateInClear];
  const set = isCut ? cutDates(whole, { from, to, avoid }) : whole;
  return { plain: set, token: set, cut };
}

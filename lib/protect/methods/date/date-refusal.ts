// Refusals of dates and times: which forms and dates the element takes, and how a date was read.

import { textOfDate } from '../../../policy/calendar.ts';
import { type Limit, refuseValue } from '../../refusal.ts';
import type { DateRules } from './date-rules.ts';
import type { DateSet } from './date-sets.ts';
import { DATE_LENGTH, type DateLayout, dateLayout, hasOuterBlank, timeSteps, type YearLast } from './date-text.ts';

const YEAR_FIRST = ['YYYY-MM-DD', 'YYYY/MM/DD', 'YYYY.MM.DD'];
const DATE_FORMS = {
  never: YEAR_FIRST,
  'by separator': [...YEAR_FIRST, 'DD/MM/YYYY', 'MM.DD.YYYY'],
  dmy: [...YEAR_FIRST, 'DD-MM-YYYY', 'DD/MM/YYYY', 'DD.MM.YYYY'],
  mdy: [...YEAR_FIRST, 'MM-DD-YYYY', 'MM/DD/YYYY', 'MM.DD.YYYY'],
} as const satisfies Record<YearLast, readonly string[]>;

const TIMES: Limit = {
  is: 'one of',
  forms: [
    'HH:MM to 23:59',
    'HH:MM:SS to 23:59:59',
    'HH:MM:SS.F with 1 to 9 digits F',
    'each after T or a blank',
    'each with no zone or Z, UTC, ±HH, ±HHMM, ±HH:MM or ±HH:MM:SS',
  ],
};

const OUTER_BLANK = 'it begins or ends with a blank';

/** A value's place in the column. */
export interface DatePlace {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

/** Refuses a value whose date has another form. */
export function refuseForm(units: Uint16Array, place: DatePlace, rules: DateRules): false {
  const limit: Limit = { is: 'one of', forms: DATE_FORMS[rules.yearLast] };
  refuseValue('DATE_FORMAT', { row: place.row, limit, ...detail(formHint(units, place, rules)) });
  return false;
}

function formHint(units: Uint16Array, { start, end }: DatePlace, rules: DateRules): string | undefined {
  const { yearLast, orderNamed, timeAllowed } = rules;
  if (hasOuterBlank(units, start, end)) return OUTER_BLANK;
  if (end - start < DATE_LENGTH) return undefined;
  if (dateLayout(units, start, yearLast) !== undefined) {
    const isTimed = !timeAllowed && timeSteps(units, start, end) > 1;
    return isTimed ? 'a time follows the date: element type datetime takes it' : undefined;
  }
  const endsWithYear = dateLayout(units, start, 'dmy') !== undefined;
  return endsWithYear && !orderNamed ? 'with the option dateOrder also dates that end with the year' : undefined;
}

/** Refuses a value whose time has another form. */
export function refuseTime(units: Uint16Array, { row, start, end }: DatePlace): false {
  const hint = hasOuterBlank(units, start, end) ? OUTER_BLANK : undefined;
  refuseValue('TIME_FORMAT', { row, limit: TIMES, ...detail(hint) });
  return false;
}

/** Refuses a value whose date is not in the set, and says in which order it was read. */
export function refuseDate(
  units: Uint16Array,
  { row, start }: DatePlace,
  layout: DateLayout,
  { first, last }: DateSet,
  { orderNamed }: DateRules,
): false {
  const limit: Limit = { is: 'dates', from: textOfDate(first), to: textOfDate(last) };
  refuseValue('DATE_INPUT', { row, limit, ...detail(reading(units, start, layout, orderNamed)) });
  return false;
}

function reading(units: Uint16Array, start: number, layout: DateLayout, orderNamed: boolean): string | undefined {
  if (layout.year === 0) return undefined;
  const fields = layout.day === 0 ? ['DD', 'MM', 'YYYY'] : ['MM', 'DD', 'YYYY'];
  const form = fields.join(String.fromCharCode(units[start + layout.separators[0]]!));
  return orderNamed ? `read as ${form}` : `read as ${form}, because the element has no dateOrder`;
}

function detail(text: string | undefined): { readonly detail?: string } {
  return text === undefined ? {} : { detail: text };
}

// Dates, and dates with a time of day.

import type { Problem } from '../../document/problem.ts';
import { dateOfText, FIRST_DATE, LAST_DATE, rankOfDate, textOfDate } from '../calendar.ts';
import type { Warning } from '../warning.ts';
import { fixedCodePoints } from '../alphabet.ts';
import { clearDates, fewestChoices, isLaterDate } from './date-choices.ts';
import { bothWays, SAME } from './growth.ts';
import type { DateElement } from './date.schema.ts';
import { weakDomain } from './lengths.ts';
import { NOTHING_SHOWN, type ShownParts } from './shown.ts';
import { never, nothing, textToken, type TraitsByType } from './traits.ts';
import { AS_WIDE } from './width.ts';

/** The fewest dates that may share a clear part: FF1's least domain (SP 800-38G, 2016). */
const LEAST_CHOICES = 100;

function check(element: DateElement, path: string): Problem[] {
  return [...checkDistinguishable(element, path), ...checkRange(element, path)];
}

function checkDistinguishable(element: DateElement, path: string): Problem[] {
  const { distinguishable, dateInClear: part, range, staysClear = [] } = element;
  if (!distinguishable) return [];
  const problems: Problem[] = [];
  if (part !== 'none') problems.push({ path, message: 'distinguishable dates cannot keep a part in clear' });
  if (range !== undefined) {
    problems.push({ path: `${path}.range`, message: 'distinguishable dates lie outside of every range' });
  }
  for (const [i, text] of staysClear.entries()) {
    if (!isLaterDate(dateOfText(text))) continue;
    problems.push({ path: `${path}.staysClear[${i}]`, message: 'it may be the token of another date' });
  }
  return problems;
}

function checkRange(element: DateElement, path: string): Problem[] {
  const { range } = element;
  if (range === undefined) return [];
  const limits = `it must be a date from ${textOfDate(FIRST_DATE)} to ${textOfDate(LAST_DATE)}`;
  const outside = (['from', 'to'] as const).filter((end) => rankOfDate(dateOfText(range[end])) < 0);
  if (outside.length > 0) return outside.map((end) => ({ path: `${path}.range.${end}`, message: limits }));
  if (range.from > range.to) return [{ path: `${path}.range`, message: 'it ends before it begins' }];
  const { count, part } = fewestChoices(element);
  if (count >= LEAST_CHOICES) return [];
  const message = `it leaves ${dates(count)}${part} to choose from, and ${LEAST_CHOICES} are needed`;
  return [{ path: `${path}.range`, message }];
}

function lintDates(element: DateElement, path: string): Warning[] {
  return [...lintClearPart(element, path), ...lintRange(element, path), ...lintClearDates(element, path)];
}

function lintClearPart({ dateInClear: part }: DateElement, path: string): Warning[] {
  if (part === 'none') return [];
  const message = `the ${part} stays in clear, which leaves few dates to choose from`;
  return [{ rule: 'date-part-in-clear', path: `${path}.dateInClear`, message }];
}

function lintRange(element: DateElement, path: string): Warning[] {
  if (element.range === undefined) return [];
  const { count, part } = fewestChoices(element);
  const message = `it leaves ${dates(count)}${part}, less than a million combinations`;
  return [weakDomain(`${path}.range`, message)];
}

function lintClearDates({ staysClear = [] }: DateElement, path: string): Warning[] {
  if (staysClear.length === 0) return [];
  const message = `values with ${dates(staysClear.length)} stay in clear as a whole`;
  return [{ rule: 'dates-in-clear', path: `${path}.staysClear`, message }];
}

function lintTime({ tokenizeTime }: { readonly tokenizeTime: boolean }, path: string): Warning[] {
  if (tokenizeTime) return [];
  return [{ rule: 'time-in-clear', path: `${path}.tokenizeTime`, message: 'the time of day stays in clear' }];
}

function dates(count: number): string {
  return count === 1 ? '1 date' : `${count.toLocaleString('en-US')} dates`;
}

/** What tokens show of dates; a date has no time. */
function shownDate(element: DateElement): ShownParts {
  const { dateInClear: part, range } = element;
  return {
    ...NOTHING_SHOWN,
    hidden: [fixedCodePoints('numeric')],
    others: 'signs',
    parts: part === 'none' ? [] : [`the ${part}`],
    absent: ['the time of day', 'the fraction and zone'],
    dates: clearDates(element),
    weakFrom: part !== 'none' || range !== undefined ? 1 : undefined,
  };
}

const common = {
  ...textToken,
  check,
  lint: { shortData: nothing, clearParts: nothing, domain: lintDates },
  clearParts: ({ dateInClear: part }: DateElement) => (part === 'none' ? [] : [`the ${part}`]),
  shown: shownDate,
  takesExternalIv: never,
  width: () => AS_WIDE,
  growth: bothWays(SAME, 1),
};

export const dateTypes = {
  date: {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'date' },
      alphabet: 'YYYY-MM-DD, DD/MM/YYYY, MM.DD.YYYY; dateOrder',
      lengths: '0600-01-01 … 3337-11-27',
      example: '1980-02-29',
    }),
  },
  datetime: {
    ...common,
    lint: { ...common.lint, clearParts: lintTime },
    clearParts: (element) => [
      ...common.clearParts(element),
      element.tokenizeTime ? 'the fraction of a second and the zone' : 'the time of day and the zone',
    ],
    shown: (element) => ({
      ...shownDate(element),
      // T between date and time, and the zone Z.
      others: 'signs and ASCII',
      parts: [
        ...shownDate(element).parts,
        ...(element.tokenizeTime ? [] : (['the time of day'] as const)),
        'the fraction and zone',
      ],
      absent: [],
    }),
    describe: () => ({
      element: { method: 'tokenization', type: 'datetime', tokenizeTime: true },
      alphabet: 'YYYY-MM-DD; T or blank, HH:MM[:SS[.F]], zone',
      lengths: '0600-01-01 … 3337-11-27',
      example: '1980-02-29T23:59:59.250',
    }),
  },
} satisfies TraitsByType<DateElement>;

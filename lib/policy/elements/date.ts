// Dates, and dates with a time of day.

import type { Problem } from '../../document/problem.ts';
import type { Warning } from '../warning.ts';
import { bothWays, SAME } from './growth.ts';
import type { DateElement } from './date.schema.ts';
import { never, nothing, textToken, type TraitsByType } from './traits.ts';

function check({ distinguishable, dateInClear: part }: DateElement, path: string): Problem[] {
  if (!distinguishable || part === 'none') return [];
  return [{ path, message: 'distinguishable dates cannot keep a part in clear' }];
}

function lintClearPart({ dateInClear: part }: DateElement, path: string): Warning[] {
  if (part === 'none') return [];
  const message = `the ${part} stays in clear, which leaves few dates to choose from`;
  return [{ rule: 'date-part-in-clear', path: `${path}.dateInClear`, message }];
}

const common = {
  ...textToken,
  check,
  lint: { shortData: nothing, clearParts: nothing, domain: lintClearPart },
  clearParts: ({ dateInClear: part }: DateElement) => (part === 'none' ? [] : [`the ${part}`]),
  takesExternalIv: never,
  growth: bothWays(SAME),
};

export const dateTypes = {
  date: {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'date' },
      alphabet: 'YYYY-MM-DD, DD/MM/YYYY, MM.DD.YYYY',
      lengths: '0600-01-01 … 3337-11-27',
      example: '1980-02-29',
    }),
  },
  datetime: {
    ...common,
    clearParts: (element) => [
      ...common.clearParts(element),
      element.tokenizeTime ? 'the fraction and the offset' : 'the time of day',
    ],
    describe: () => ({
      element: { method: 'tokenization', type: 'datetime', tokenizeTime: true },
      alphabet: 'YYYY-MM-DD HH:MM:SS, T, fraction, offset',
      lengths: '0600-01-01 … 3337-11-27',
      example: '1980-02-29T23:59:59.250',
    }),
  },
} satisfies TraitsByType<DateElement>;

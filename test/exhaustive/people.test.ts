// Generated people of many locales through elements of the sample policy: what each element takes, and what it leaves.

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { allFakers, type Faker } from '@faker-js/faker';
import { findBadValues } from '../../lib/protect/bad-values.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { samplePolicy } from '../bench/environment.ts';

/** The elements under test, and the value that each protects. */
const COLUMNS: readonly (readonly [element: string, valueOf: (person: Faker) => string])[] = [
  ['deName', ({ person }) => person.fullName()],
  ['deCity', ({ location }) => location.city()],
  ['deAddress', ({ location }) => location.streetAddress()],
  ['dePhone', ({ phone }) => phone.number()],
  ['deEmail', ({ internet }) => internet.email()],
];
const PEOPLE = 500;
const SEED = 20_261_129;

/** Of `base` there are no people. */
const LOCALES = Object.entries(allFakers).filter(([locale]) => locale !== 'base');

/** How many of the people of a locale are refused, by reason, and how many stay clear, for each element. */
type Table = Record<string, Record<string, Record<string, number>>>;
const TABLE = new URL('../vectors/people/refusals.json', import.meta.url);
const STAYS_CLEAR = 'stays clear';

const policy = samplePolicy();
const found: Table = {};

/** Returns the codes of the refusals of a column, by row. */
function refusalsOf(method: Method, column: readonly string[]): Map<number, string> {
  const codes = new Map<number, string>();
  const protect = (part: Parameters<Method['protect']>[0]): void => void method.protect(part, undefined);
  findBadValues(column, protect, column.length, (row, { code }) => codes.set(row, code).size > 0);
  return codes;
}

function countsOf(codes: Iterable<string>, clear: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return clear === 0 ? counts : { ...counts, [STAYS_CLEAR]: clear };
}

describe('people of many locales', () => {
  afterAll(() => {
    if (process.env['PEOPLE_TABLE'] === 'write') writeFileSync(TABLE, `${JSON.stringify(found, null, 2)}\n`);
  });

  test('are of at least 40 locales, whose names have letters of more than ten scripts', () => {
    expect(LOCALES.length).toBeGreaterThanOrEqual(40);
    const names = LOCALES.map(([, faker]) => faker.person.lastName()).join('');
    const SCRIPTS = 'Latin Greek Cyrillic Armenian Georgian Hebrew Arabic Thaana Devanagari Thai Han Hangul'.split(' ');
    expect(SCRIPTS.filter((script) => !new RegExp(`\\p{Script=${script}}`, 'u').test(names))).toEqual([]);
  });

  test.each(COLUMNS)('are refused by %s, get a token that comes back, or are counted as clear', (element, valueOf) => {
    const method = policy.method(element);
    // Some of the generated texts are not in normal form C. Elements that keep the script bring them into it.
    const normalizes = policy.definition(element).type === 'unicode-script';
    const normal = (value: string): string => (normalizes ? value.normalize('NFC') : value);
    const rows: Table[string] = (found[element] = {});
    for (const [locale, faker] of LOCALES) {
      faker.seed(SEED);
      const values = Array.from({ length: PEOPLE }, () => valueOf(faker));
      const refused = refusalsOf(method, values);
      const taken = values.filter((_, row) => !refused.has(row));
      const { column: tokens, clearCount } = method.protect(taken, undefined);
      const back = method.unprotect(tokens, undefined).column;
      expect({
        locale,
        unchanged: tokens.filter((token, row) => token === taken[row]).length,
        wrong: back.filter((value, row) => value !== normal(taken[row]!)).length,
      }).toEqual({ locale, unchanged: clearCount, wrong: 0 });
      const counts = countsOf(refused.values(), clearCount);
      if (Object.keys(counts).length > 0) rows[locale] = counts;
    }
    const committed = JSON.parse(readFileSync(TABLE, 'utf8')) as Table;
    expect(rows).toEqual(committed[element]);
  });
});

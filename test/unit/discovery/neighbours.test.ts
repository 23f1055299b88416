// What the columns beside a column tell of it.
import { describe, expect, test } from '@jest/globals';
import { detectKinds } from '../../../lib/discovery/neighbours.ts';
import { seeded } from '../../support/discovery/seeded.ts';
import { columnOf } from '../../support/discovery/tables.ts';

const below = seeded(5);
const many = (make: (row: number) => string, length = 200): string[] => Array.from({ length }, (_, row) => make(row));
const pick = (list: readonly string[]): string => list[below(list.length)]!;

const STREETS = many((row) => `${pick(['Hauptstraße', 'Gartenweg', 'Lindenallee', 'Am Ring'])} ${1 + row}`);
const FOUR_DIGITS = many(() => String(1000 + below(9000)));
const COUNTS = many(() => String(below(5000)));
/** Two in ten have a word that places have. */
const TOWNS = many((row) =>
  row % 5 === 0
    ? `${pick(['Wald', 'Neu', 'Ober'])}${pick(['hausen', 'dorf', 'berg'])} ${'abcdefgh'[row % 8]}`
    : `Q${pick(['uarl', 'unda', 'orvi'])}${'aeiou'[row % 5]}${row}`.replace(/\d+/, 'n'.repeat(1 + (row % 7))),
);

/** The kinds of columns without telling names. */
const kindsOf = (...columns: readonly (readonly string[])[]): string[] =>
  detectKinds(columns.map((cells, i) => columnOf(`c${i}`, 'VARCHAR', cells))).map(({ kind }) => kind);

describe('digits of one length', () => {
  test('are postal codes beside addresses, and numbers anywhere else', () => {
    expect(kindsOf(STREETS, FOUR_DIGITS)).toEqual(['address', 'postal-code']);
    expect(kindsOf(FOUR_DIGITS, COUNTS, STREETS)).toEqual(['postal-code', 'number', 'address']);
    expect(kindsOf(COUNTS, FOUR_DIGITS, COUNTS)).toEqual(['number', 'number', 'number']);
    expect(kindsOf(STREETS, COUNTS, COUNTS, FOUR_DIGITS)).toEqual(['address', 'number', 'number', 'number']);
  });

  test.each<[string, string[]]>([
    ['years', many((row) => String(1900 + 5 * row), 24)],
    ['a counter', many((row) => String(1000 + row))],
    ['digits of several lengths', many((row) => String(row % 3 === 0 ? 10_000 + below(9000) : 1000 + below(9000)))],
    ['digits of many lengths', many(() => String(below(100_000)))],
    ['few values', many(() => pick(['1010', '2020', '3030']))],
  ])('that are %s are no postal codes', (_, cells) => {
    expect(kindsOf(STREETS, cells)[1]).not.toBe('postal-code');
  });

  test('say in words why they are taken for postal codes', () => {
    const [, found] = detectKinds([columnOf('c0', 'VARCHAR', STREETS), columnOf('c1', 'VARCHAR', FOUR_DIGITS)]);
    expect(found).toMatchObject({
      sure: 'possible',
      why: [
        expect.stringMatching(/^all [\d,]+ distinct values have 4 digits$/),
        'a column beside it holds postal addresses',
      ],
    });
  });
});

describe('words with capitals', () => {
  test('of which some are places are towns beside addresses, and words anywhere else', () => {
    expect(kindsOf(STREETS, TOWNS)).toEqual(['address', 'place']);
    expect(kindsOf(COUNTS, TOWNS)).toEqual(['number', 'proper-name']);
  });

  test('of which none is a place stay words', () => {
    const firms = TOWNS.filter((town) => town.startsWith('Q'));
    expect(kindsOf(STREETS, firms)[1]).toBe('proper-name');
  });
});

import { describe, expect, test } from '@jest/globals';
import { firstEqualRows, hashOfNumbers } from '../../../lib/base/equal-rows.ts';

/** Rows of one number each. */
function firstOf(numbers: readonly number[], hash?: (row: number) => number): number[] | undefined {
  const rows = Uint16Array.from(numbers);
  const first = firstEqualRows({
    count: rows.length,
    hash: hash ?? ((row) => hashOfNumbers(rows, row, row + 1)),
    areEqual: (one, other) => rows[one] === rows[other],
  });
  return first && [...first];
}

const numbersOf = (count: number, value: (row: number) => number): number[] =>
  Array.from({ length: count }, (_, row) => value(row));
const firstIn = (numbers: readonly number[]): number[] => numbers.map((number) => numbers.indexOf(number));

describe('equal rows are found', () => {
  test.each<[string, (row: number, distinct: number) => number]>([
    ['in turn', (row, distinct) => row % distinct],
    ['beside each other', (row, distinct) => Math.floor(row / 4) % distinct],
    ['in no order', (row, distinct) => (row * 7919) % distinct],
  ])('that lie %s', (_what, value) => {
    for (const count of [256, 500, 10_000]) {
      const numbers = numbersOf(count, (row) => value(row, count / 4));
      expect(firstOf(numbers)).toEqual(firstIn(numbers));
    }
  });

  test('where all are equal, and where some have equal hashes', () => {
    const same = numbersOf(1000, () => 7);
    expect(firstOf(same)).toEqual(firstIn(same));
    const few = numbersOf(1000, (row) => row % 6);
    expect(firstOf(few, (row) => row % 2)).toEqual(firstIn(few));
  });
});

describe('rows are left as they are', () => {
  test.each([
    ['where all differ', 10_000, 10_000],
    ['where nine of ten differ', 10_000, 9000],
    ['where there are few', 255, 1],
    ['where there are none', 0, 1],
  ])('%s', (_what, count, distinct) => {
    expect(firstOf(numbersOf(count, (row) => row % distinct))).toBeUndefined();
  });

  test('after two fifths of the sample without equal rows', () => {
    const asked: number[] = [];
    const hash = (row: number): number => asked.push(row);
    expect(firstEqualRows({ count: 10_000, hash, areEqual: () => false })).toBeUndefined();
    expect(asked).toHaveLength(200);
  });

  test('where the sample holds the equal ones by chance', () => {
    // Half of the rows are equal: enough pairs for the sample. The others all differ, and are more than may differ.
    const numbers = numbersOf(4000, (row) => (row % 5 === 0 ? 0 : row));
    expect(firstOf(numbers)).toBeUndefined();
  });

  test('where rows were made to have equal hashes', () => {
    // Enough repeats for the sample, and 800 values that meet in one slot of the table.
    const numbers = numbersOf(4000, (row) => (row % 2 === 0 ? row % 100 : 1000 + (row % 1600)));
    const first = (row: number): number => (numbers[row]! < 1000 ? numbers[row]! * 0x01000193 : 1);
    expect(firstOf(numbers)).toEqual(firstIn(numbers));
    expect(firstOf(numbers, first)).toBeUndefined();
  });
});

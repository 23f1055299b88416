// Tables on a terminal.
import { describe, expect, test } from '@jest/globals';
import type { Output } from '../../../functions/cli/core/io.ts';
import { table } from '../../../functions/cli/output/table.ts';
import { widthOf, wrap } from '../../../functions/cli/core/width.ts';

const terminal = (columns: number | undefined): Output => ({
  write: () => true,
  isTerminal: columns !== undefined,
  hasColour: false,
  columns,
});
const widest = (text: string): number => Math.max(...text.split('\n').map(widthOf));
const HEAD = ['operation', 'answer', 'because'];
const ROWS = [
  [
    'Protect',
    'refused, code 3',
    'role analyst names deSSN and does not grant protect: a longer sentence than a line has room for',
  ],
  ['Unprotect', 'null', 'role analyst, and 김민준 of 서울'],
];

describe('a table', () => {
  test.each([60, 80, 100])('fits a terminal of %i columns, and loses no word', (columns) => {
    const drawn = table(terminal(columns), HEAD, ROWS, 200);
    expect(widest(drawn)).toBeLessThanOrEqual(columns);
    const words = drawn.split(/[\s─]+/);
    for (const word of ROWS.flat().join(' ').split(' ')) expect(words).toContain(word);
    expect(drawn).toContain('operation');
  });

  test('turns vertical where its columns do not fit side by side', () => {
    const head = Array.from({ length: 12 }, (_, i) => `column_${i}`);
    const drawn = table(terminal(60), head, [head.map((name) => `value of ${name}`)]);
    expect(widest(drawn)).toBeLessThanOrEqual(60);
    expect(drawn).toMatch(/^column_3 +value of column_3$/m);
  });

  test('turns vertical with names that are longer than the line', () => {
    const long = 'a_name_that_is_longer_than_the_terminal_is_wide';
    const drawn = table(terminal(30), [long, 'b', 'c', 'd'], [['1', 'two words', '3', '4']]);
    expect(drawn.split('\n').filter((line) => line !== long && widthOf(line) > 30)).toEqual([]);
    expect(drawn).toContain('two words');
  });

  test('is as wide as its content elsewhere', () => {
    const drawn = table(terminal(undefined), HEAD, ROWS, 200);
    expect(drawn).toContain('a longer sentence than a line has room for');
    expect(widest(drawn)).toBeGreaterThan(100);
  });
});

describe('the width of a text', () => {
  test.each([
    ['abc', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['김민준', 6],
    ['名前', 4],
    ['😀', 2],
    ['', 0],
  ])('%j is %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test('wrapping breaks between words, and inside one only where it must', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('a abcdefgh', 4)).toEqual(['a', 'abcd', 'efgh']);
    expect(wrap('', 4)).toEqual(['']);
  });
});

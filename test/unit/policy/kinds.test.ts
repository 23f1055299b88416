import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { COMPOSERS, KINDS } from '../../../lib/policy/kinds.data.ts';
import { COMPOSER, kindTables } from '../../../lib/policy/kinds.ts';
import { parseSteps } from '../../../lib/policy/ranges.ts';
import { NarrowKinds } from '../../../lib/protect/methods/script/narrow-kinds.ts';
import { KIND_CHARACTERS } from '../../support/script-reference.ts';
import { writeRanges } from '../../support/unicode-kinds.ts';

const hex = (point: number): string => point.toString(16).toUpperCase();

/** Spells ranges with all digits of their ends, `100-12E/2`. */
const inFull = (list: string): string => parseSteps(list).map(rangeInFull).join(' ');

function rangeInFull([from, to, step]: readonly [number, number, number]): string {
  return from === to ? hex(from) : `${hex(from)}-${hex(to)}${step === 1 ? '' : `/${step}`}`;
}

describe('the list of kinds', () => {
  test('is frozen: a change of it makes tokens unreadable', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify([KINDS.map(inFull), inFull(COMPOSERS)]))
      .digest('hex');
    expect(digest).toBe('329c8c224f3fded126c1fc77d3cf849b3b5183f51bd3fe5c75206f1d9675dd83');
  });

  test('holds every character once', () => {
    const all = KIND_CHARACTERS.flat();
    expect(all.length).toBe(147_772);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each(KIND_CHARACTERS.map((characters, i) => [i + 1, characters] as const))(
    'has characters of one width and of one sort in kind %d, each in normal form C',
    (_kind, characters) => {
      expect(characters.length).toBeGreaterThanOrEqual(5);
      const sorts = [/^\p{L}$/u, /^\p{Nd}$/u, /^[\p{Nl}\p{No}]$/u, /^\p{M}$/u];
      const [first] = characters as readonly [string];
      const sort = sorts.findIndex((each) => each.test(first));
      const problems = characters.filter(
        (each) =>
          Buffer.byteLength(each) !== Buffer.byteLength(first) ||
          each.length !== first.length ||
          each.normalize('NFC') !== each ||
          sorts.findIndex((one) => one.test(each)) !== sort,
      );
      expect(problems).toEqual([]);
      expect(sort).toBeGreaterThanOrEqual(0);
    },
  );
});

describe('the tables of kinds', () => {
  test('give back every character by kind and rank', () => {
    const { kinds, ranks, sizes, points, starts } = kindTables();
    for (const [i, characters] of KIND_CHARACTERS.entries()) {
      expect(sizes[i + 1]).toBe(characters.length);
      const back = characters.map((character) => {
        const point = character.codePointAt(0)!;
        return [kinds[point]!, points[starts[i + 1]! + ranks[point]!]];
      });
      expect(back).toEqual(characters.map((character) => [i + 1, character.codePointAt(0)]));
    }
  });

  test('mark the characters that compose with one before them, which have no kind', () => {
    const { kinds } = kindTables();
    const marked = [...kinds.keys()].filter((point) => kinds[point] === COMPOSER);
    expect(writeRanges(marked)).toBe(COMPOSERS);
  });
});

const unitsOf = (text: string): Uint16Array => Uint16Array.from(text.split(''), (unit) => unit.charCodeAt(0));

test('a kind in front of a mark that composes keeps at least three of its characters', () => {
  const tables = kindTables();
  const narrow = new NarrowKinds(tables);
  const composers = [...tables.kinds.keys()].filter((point) => tables.kinds[point] === COMPOSER);
  const sizes: number[] = [];
  for (const point of composers) {
    for (let kind = 1; kind < tables.sizes.length; kind++) {
      const number = narrow.numberOf(kind, unitsOf(String.fromCodePoint(point)))!;
      if (number !== kind) sizes.push(narrow.sizeOf(number));
    }
    narrow.forget();
  }
  expect(sizes.length).toBeGreaterThan(200);
  expect(sizes.filter((size) => size < 3)).toEqual([]);
});

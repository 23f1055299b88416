// The path of its own for columns of ASCII texts gives what the path for all texts gives.
import { describe, expect, test } from '@jest/globals';
import type { Cell, Column } from '../../../../lib/base/cell.ts';
import { minimumLength } from '../../../../lib/crypto/ff1-domain.ts';
import { type AsciiTransform, asciiTransform } from '../../../../lib/protect/methods/alphabet/ascii.ts';
import { NumeralCipher } from '../../../../lib/protect/methods/alphabet/cipher.ts';
import type { ScanRules } from '../../../../lib/protect/methods/alphabet/scan.ts';
import { fixedSymbols } from '../../../../lib/protect/methods/alphabet/symbols.ts';
import { preservingMethod } from '../../../../lib/protect/methods/alphabet/token.ts';
import { type PackedColumn, packedOf } from '../../../../lib/protect/columns/packed-column.ts';
import { fixedKeyContext, refusalOf } from '../../../support/fixed-key.ts';

const RULES: Omit<ScanRules, 'symbols'> = {
  fromLeft: 0,
  fromRight: 0,
  minLength: 4,
  maxLength: 20,
  shortData: 'as-is',
  otherCharacters: 'refuse',
};
const IV = new Uint8Array(0);
const cipher = new NumeralCipher(fixedKeyContext());

const digits: ScanRules = { ...RULES, symbols: fixedSymbols('numeric') };
const letters: ScanRules = { ...RULES, symbols: fixedSymbols('alpha') };
const latin1: ScanRules = { ...RULES, symbols: fixedSymbols('fpe-latin1-alpha') };

/** 4,000 rows, of more than two parts, from words that come in no order. */
const columnOf = (words: readonly Cell[]): Cell[] =>
  Array.from({ length: 4000 }, (_, row) => words[(row * 7919 + (row >> 4)) % words.length]!);
const SSNS = Array.from({ length: 97 }, (_, i) => `${100 + i}-${10 + (i % 89)}-${1000 + i * 7}`);
const NAMES = ['Ada Lovelace', "Grace O'Hara", 'Li', 'Jean-Luc Picard', 'A. B. C. Dee', 'Bob', '...', 'Jo Lo'];

/** What the path for all texts makes of a column: packed columns take no other. */
function byUnits(rules: ScanRules, direction: 'protect' | 'unprotect', column: Column) {
  const { packed } = preservingMethod(cipher, rules, false);
  const result = packed![direction](packedOf(column) as PackedColumn, undefined);
  return { ...result, column: result.column.cells() };
}

const transformOf = (rules: ScanRules): AsciiTransform =>
  asciiTransform(cipher, { ...rules, strongLength: minimumLength(rules.symbols.radix) })!;

describe('columns of ASCII texts', () => {
  test.each<[string, ScanRules, Column]>([
    ['digits', digits, columnOf(SSNS)],
    ['digits among nulls and empty texts', digits, columnOf([...SSNS, null, '', null])],
    ['values that stay as they are', digits, columnOf([...SSNS.slice(0, 5), '12', '1-2-3', '...', null])],
    ['names', letters, columnOf(NAMES)],
    ['names under an alphabet of Latin-1', latin1, columnOf(NAMES)],
    ['weak values', { ...letters, shortData: 'weak-token' }, columnOf(NAMES)],
    ['no values', digits, columnOf(['', null])],
    ['no rows', digits, []],
    ['one row', digits, ['123-45-6789']],
    ['rows that fill a part', digits, [`1234${'-'.repeat(16_380)}`, '22222', `${'-'.repeat(16_380)}3333`]],
  ])('%s', (_what, rules, column) => {
    const done = transformOf(rules)('encrypt', column, IV);
    expect(done).toEqual(byUnits(rules, 'protect', column));
    if (rules === latin1) return;
    expect(transformOf(rules)('decrypt', done!.column, IV)).toEqual(byUnits(rules, 'unprotect', done!.column));
  });

  test.each<[string, ScanRules, Column]>([
    ['a letter outside the alphabet', digits, columnOf([...SSNS, '123-45-678x'])],
    ['a long value', digits, columnOf([...SSNS, '1'.repeat(21)])],
    ['a short value', { ...digits, shortData: 'error' }, columnOf([...SSNS, '1-2'])],
  ])('with %s are refused at its first row', (_what, rules, column) => {
    expect(transformOf(rules)('encrypt', column, IV)).toBeUndefined();
    const method = preservingMethod(cipher, rules, false);
    const refused = refusalOf(() => method.protect(column, undefined));
    expect(refused).toEqual(refusalOf(() => byUnits(rules, 'protect', column)));
    expect(refused.row).toBe(column.indexOf(column[refused.row!]!));
  });

  test('keep letters outside the alphabet in tokens', () => {
    const column = columnOf([...SSNS, '123-45-678x']);
    expect(transformOf(digits)('decrypt', column, IV)).toEqual(byUnits(digits, 'unprotect', column));
  });
});

describe('other columns take the path for all texts', () => {
  test.each<[string, Column]>([
    ['of other characters', ['123-45-6789', '123-45-6789é']],
    // As many bytes as characters, if the last ones were left out.
    ['of other characters alone', ['éé', 'üü']],
    ['of numbers', ['123-45-6789', 123_456_789]],
    ['of a row that is longer than a part', [`12345${'-'.repeat(16_380)}`]],
  ])('%s', (_what, column) => {
    expect(transformOf(digits)('encrypt', column, IV)).toBeUndefined();
  });

  test('and have its tokens', () => {
    const method = preservingMethod(cipher, letters, false);
    const column = [`abcde${'-'.repeat(16_380)}`, null, 'Ada Lovelace'];
    expect(method.protect(column, undefined)).toEqual(byUnits(letters, 'protect', column));
  });

  test('and so do the next fifteen', () => {
    const transform = transformOf(letters);
    const column = columnOf(NAMES);
    expect(transform('encrypt', column, IV)).toBeDefined();
    expect(transform('encrypt', ['Zoë Ånström'], IV)).toBeUndefined();
    const tried = Array.from({ length: 16 }, () => transform('encrypt', column, IV) !== undefined);
    expect(tried).toEqual([...new Array<boolean>(15).fill(false), true]);
  });

  test('and so do elements with clear ends, with letters of either case, or with symbols of two bytes', () => {
    const none = [
      { ...digits, fromLeft: 1 },
      { ...digits, fromRight: 1 },
      { ...RULES, symbols: fixedSymbols('upper-case-alpha', 'kept') },
      { ...RULES, symbols: { ...letters.symbols, codePoints: Uint32Array.of(0x41, 0x100) } },
    ];
    for (const rules of none) expect(asciiTransform(cipher, { ...rules, strongLength: 6 })).toBeUndefined();
  });
});

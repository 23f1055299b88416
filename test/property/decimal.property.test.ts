import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileDecimal } from '../../lib/protect/methods/number/decimal.ts';
import { numberText } from '../../lib/protect/columns/number-cells.ts';
import { codePoint } from '../support/code-point.ts';
import { bothOutcomes, elementOf, fixedKeyContext, undocumented } from '../support/fixed-key.ts';

const method = compileDecimal(elementOf('decimal', { maxLength: 38 }), fixedKeyContext());

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), maxLength, size: 'max' });
const decimal = fc
  .oneof(
    fc.tuple(fc.constantFrom('', '-', '+'), digits(18), fc.constantFrom('', '.', ','), digits(18)),
    fc.tuple(fc.constant(''), digits(38), fc.constant(''), fc.constant('')),
  )
  .map((parts) => parts.join(''))
  .filter((text) => /\d/.test(text));

/** Everything except the digits before the separator. */
const frame = (text: unknown): string =>
  String(text)
    .replace(/^([+-]?)\d*/, '$1')
    .replaceAll(/\d/g, '0');

test('decimals come back from any column, in tokens with the same sign, separator and digits behind it', () => {
  fc.assert(
    fc.property(fc.array(fc.option(decimal)), (column) => {
      const tokens = method.protect(column, undefined).column;
      expect(method.unprotect(tokens, undefined).column).toEqual(column);
      expect(tokens.map(frame)).toEqual(column.map(frame));
      expect(tokens.filter((token) => token !== null && !/^[+-]?[1-9]*[.,]?[1-9]*$/.test(token as string))).toEqual([]);
    }),
  );
});

test('numbers of at most 14 digits come back as numbers', () => {
  const number = fc
    .tuple(fc.integer({ min: -99_999_999_999_999, max: 99_999_999_999_999 }), fc.integer({ min: 0, max: 13 }))
    .map(([integer, places]) => Number(`${integer}e-${places}`))
    .filter((value) => numberText(value).replaceAll(/\D/g, '').length <= 14);
  fc.assert(
    fc.property(fc.array(number), (column) => {
      const tokens = method.protect(column, undefined).column;
      expect(tokens.every((token) => typeof token === 'number' && Number(token.toPrecision(15)) === token)).toBe(true);
      expect(method.unprotect(tokens, undefined).column).toEqual(column);
    }),
  );
});

test('any cell is refused with a documented code or comes back unchanged, both ways', () => {
  const cell = fc.oneof(
    fc.string({ unit: codePoint }),
    fc.string({ unit: fc.constantFrom(...'0123456789.,+- e'.split('')), maxLength: 42 }),
    fc.double(),
    fc.integer(),
  );
  const documented = ['DECIMAL_INVALID', 'INPUT_TOO_LONG', 'UNSAFE_NUMBER', 'NUMBER_UNFIT'];
  fc.assert(
    fc.property(cell, (value) => {
      expect(undocumented(bothOutcomes(method, value), documented)).toEqual([]);
    }),
  );
});

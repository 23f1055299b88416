import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileInteger } from '../../lib/protect/methods/number/integer.ts';
import { codePoint } from '../support/code-point.ts';
import { bothOutcomes, elementOf, fixedKeyContext, undocumented } from '../support/fixed-key.ts';

const SIZES = [2, 4, 8] as const;

const iv = fc.option(fc.string({ maxLength: 60 }), { nil: undefined });

describe.each(SIZES)('an integer of %d bytes', (size) => {
  const method = compileInteger(elementOf('integer', { size }), fixedKeyContext());
  const limit = 2n ** BigInt(8 * size - 1);
  const integer = fc.bigInt({ min: -limit, max: limit - 1n }).map(String);

  test('comes back from any column, with any IV, as an integer of the same size', () => {
    fc.assert(
      fc.property(fc.array(fc.option(integer)), iv, (column, externalIv) => {
        const tokens = method.protect(column, externalIv).column;
        expect(method.unprotect(tokens, externalIv).column).toEqual(column);
        for (const token of tokens) {
          if (token === null) continue;
          const value = BigInt(token as string);
          expect(value >= -limit && value < limit && String(value) === token).toBe(true);
        }
      }),
    );
  });

  test('is refused with a documented code or comes back unchanged, for any text', () => {
    const codes = ['INTEGER_INVALID', `INTEGER_${size}_RANGE`];
    const text = fc.oneof(
      fc.string({ unit: codePoint }),
      fc.string({ unit: fc.constantFrom(...'0123456789-+. '.split('')) }),
      fc.bigInt().map(String),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(undocumented(bothOutcomes(method, value), codes)).toEqual([]);
      }),
    );
  });
});

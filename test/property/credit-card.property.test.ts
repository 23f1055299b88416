import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileCreditCard } from '../../lib/protect/methods/card/credit-card.ts';
import { luhnDigit, luhnSum } from '../../lib/protect/methods/card/luhn.ts';
import { codePoint } from '../support/code-point.ts';
import { bothOutcomes, elementOf, fixedKeyContext, undocumented } from '../support/fixed-key.ts';

const DIGITS = '0123456789'.split('');
const clear = fc.integer({ min: 0, max: 8 });
const options = fc.oneof(
  fc.record({ fromLeft: clear, fromRight: clear, invalidLuhn: fc.boolean() }),
  fc.record({ fromRight: clear, invalidLuhn: fc.boolean(), invalidCardType: fc.constant(true) }),
  fc.record({ fromLeft: clear, fromRight: clear, alphabeticIndicator: fc.integer({ min: 1, max: 3 }) }),
);
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...DIGITS), minLength, maxLength });

const unitsOf = (text: string): Uint16Array => Uint16Array.from(text, (character) => character.charCodeAt(0));

/** The number with a first digit from 2 to 6 and a last one that makes it valid, so that every option takes it. */
function asCard(number: string): string {
  const typed = `${2 + (Number(number[0]) % 5)}${number.slice(1, -1)}`;
  return typed + luhnDigit(unitsOf(`${typed}0`), 0, number.length, typed.length);
}

test('a card number of any length comes back with any options and IV, in a token of its form', () => {
  fc.assert(
    fc.property(
      options,
      fc.array(fc.oneof(digits(19, 24), digits(19, 300)).map(asCard), { minLength: 1, maxLength: 20 }),
      fc.option(fc.string({ maxLength: 60 }), { nil: undefined }),
      (chosen, column, externalIv) => {
        const method = compileCreditCard(elementOf('credit-card', { minLength: 3, ...chosen }), fixedKeyContext());
        const tokens = method.protect(column, externalIv).column as string[];
        expect(method.unprotect(tokens, externalIv).column).toEqual(column);
        for (const [i, token] of tokens.entries()) {
          expect(token).toHaveLength(column[i]!.length);
          expect(token).toMatch('alphabeticIndicator' in chosen ? /^\d*[A-J]\d*$/ : /^\d*$/);
          const valid = luhnSum(unitsOf(token), 0, token.length) === 0;
          expect(valid && 'invalidLuhn' in chosen && chosen.invalidLuhn).toBe(false);
          expect(token).toMatch('invalidCardType' in chosen ? /^[01789]/ : /./);
        }
      },
    ),
  );
});

test('exactly one digit at each place makes a number Luhn-valid', () => {
  fc.assert(
    fc.property(digits(1, 30), fc.nat(), (number, place) => {
      const at = place % number.length;
      const valid = DIGITS.filter((digit) => {
        const changed = number.slice(0, at) + digit + number.slice(at + 1);
        return luhnSum(unitsOf(changed), 0, changed.length) === 0;
      });
      expect(valid).toEqual([String(luhnDigit(unitsOf(number), 0, number.length, at))]);
    }),
  );
});

test('any text is refused with a documented code or comes back unchanged, both ways', () => {
  const documented = [
    'CARD_INVALID',
    'INPUT_TOO_SHORT',
    'INPUT_TOO_LONG',
    'LUHN_MUST_BE_VALID',
    'LUHN_MUST_BE_INVALID',
    'CARD_TYPE_MUST_BE_VALID',
    'CARD_TYPE_MUST_BE_INVALID',
    'INDICATOR_INVALID',
    'INDICATOR_BEYOND_DATA',
  ];
  const text = fc.oneof(
    fc.string({ unit: codePoint }),
    digits(0, 30),
    fc.string({ unit: fc.constantFrom(...DIGITS, 'A', 'B', 'J', 'K', ' ', '-'), maxLength: 30 }),
  );
  fc.assert(
    fc.property(options, text, (chosen, value) => {
      const method = compileCreditCard(elementOf('credit-card', chosen), fixedKeyContext());
      expect(undocumented(bothOutcomes(method, value), documented)).toEqual([]);
    }),
  );
});

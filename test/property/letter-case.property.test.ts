// Elements that fold the case of letters: every spelling of a value has one token, in either direction.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { methodOf, refusalOf, type Written } from '../support/alphabet-methods.ts';

const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
const upper = (text: string): string => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());

/** Letters, digits, delimiters, and characters that only Unicode's case mappings change. */
const character = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'a b c x y z A B C X Y Z 0 1 8 9'.split(' ')) },
  { weight: 1, arbitrary: fc.constantFrom('-', '.', ' ', '+', '@', 'ü', 'Ü', 'ß', 'ſ', '\u212a', 'İ', '😀', '\ud800') },
);
const text = fc.array(character, { minLength: 1, maxLength: 30 }).map((parts) => parts.join(''));

const EMAIL = { type: 'email', letterCase: 'fold' } as const;
const shortData = fc.constantFrom('error', 'as-is', 'weak-token');
const emails = fc.record({
  type: fc.constant('email'),
  letterCase: fc.constant('fold'),
  shortData,
  preserveLength: fc.boolean(),
});
const codes = fc.record({
  type: fc.constantFrom('upper-case-alpha', 'upper-case-alpha-numeric'),
  foldClearParts: fc.constant(true),
  fromLeft: fc.nat({ max: 4 }),
  fromRight: fc.nat({ max: 4 }),
  shortData,
  preserveLength: fc.boolean(),
});

describe.each([
  ['an e-mail address', emails, fc.tuple(text, text).map((parts) => parts.join('@')), lower],
  ['a code in capitals', codes, text, upper],
] as const)('%s', (_, elements, values, folded) => {
  test('has one token however its letters are written, in the case of the element', () => {
    let taken = 0;
    fc.assert(
      fc.property(elements as fc.Arbitrary<Written>, values, (element, value) => {
        const method = methodOf(element);
        fc.pre(refusalOf(() => method.protect([value], undefined)) === 'not refused');
        const tokens = method.protect([value, lower(value), upper(value)], undefined).column.map(String);
        expect(new Set(tokens).size).toBe(1);
        expect(folded(tokens[0]!)).toBe(tokens[0]);
        taken++;
      }),
      { numRuns: 300 },
    );
    expect(taken).toBe(300);
  });

  test('comes back in the case of the element, also from a token whose case has changed', () => {
    fc.assert(
      fc.property(elements as fc.Arbitrary<Written>, values, (element, value) => {
        const method = methodOf(element);
        fc.pre(refusalOf(() => method.protect([value], undefined)) === 'not refused');
        const token = String(method.protect([value], undefined).column[0]);
        const back = method.unprotect([token, lower(token), upper(token)], undefined).column;
        expect(back).toEqual([folded(value), folded(value), folded(value)]);
        expect(method.protect(back, undefined).column).toEqual([token, token, token]);
      }),
      { numRuns: 300 },
    );
  });
});

test('addresses that fold case and addresses that keep it have other tokens', () => {
  const value = 'ann.lee@x.example';
  const [kept] = methodOf({ type: 'email' }).protect([value], undefined).column;
  expect(methodOf(EMAIL).protect([value], undefined).column[0]).not.toBe(kept);
});

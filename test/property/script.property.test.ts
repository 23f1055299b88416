import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { makeDomain, readRank, writeRank } from '../../lib/protect/methods/script/pattern.ts';
import { keyOf, methodOf } from '../support/alphabet-methods.ts';
import { KIND_CHARACTERS, kindOf, referenceScript } from '../support/script-reference.ts';

const method = methodOf({ type: 'unicode-script', shortData: 'weak-token' });
const characters = fc.nat(KIND_CHARACTERS.length - 1).chain((kind) => fc.constantFrom(...KIND_CHARACTERS[kind]!));
/** Every sort of character that stays: signs, marks without a kind, controls, surrogates without their other half. */
const others = fc.constantFrom(
  '-',
  ' ',
  '’',
  '\u05b0',
  '\u0345',
  '\u093c',
  '\u200d',
  '\ufe0f',
  '😀',
  '\0',
  '\ud800',
  '\udc00',
);
/** Marks that compose, those that only sort, and letters of many compositions. */
const marks = fc.constantFrom(
  ...Array.from(
    '\u0301\u0302\u0303\u0304\u0307\u0308\u030c\u031b\u0323\u0327\u0328\u0331\u0345\u0305\u0316\u3099\u09be\u0bbe\u0cd5',
  ),
);
const composing = fc.constantFrom(...Array.from('aeiouynrszldAEOUωαιυカはहনகೆ\u09c7\u0bc6âêôĺşṣǖ'));
const texts = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: characters },
      { weight: 2, arbitrary: composing },
      { weight: 2, arbitrary: marks },
      { weight: 1, arbitrary: others },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

test('every text comes back in normal form C, and its token has the same kinds, units and bytes', () => {
  let changed = 0;
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 8 }), fc.constantFrom(undefined, 'iv'), (column, iv) => {
      const tokens = method.protect(column, iv).column as string[];
      const normal = column.map((text) => text.normalize('NFC'));
      expect(method.unprotect(tokens, iv).column).toEqual(normal);
      for (const [i, token] of tokens.entries()) {
        expect(token.normalize('NFC')).toBe(token);
        expect(token.length).toBe(normal[i]!.length);
        expect(Buffer.byteLength(token)).toBe(Buffer.byteLength(normal[i]!));
        expect(Array.from(token, (each) => kindOf(each) ?? each)).toEqual(
          Array.from(normal[i]!, (each) => kindOf(each) ?? each),
        );
        if (token !== normal[i]) changed++;
      }
    }),
    { numRuns: 400 },
  );
  expect(changed).toBeGreaterThan(500);
});

test('tokens agree with the reference', () => {
  fc.assert(
    fc.property(fc.array(characters, { minLength: 3, maxLength: 40 }), (parts) => {
      const value = parts.join('').normalize('NFC');
      fc.pre(Array.from(value).filter((each) => kindOf(each) !== undefined).length > 2);
      expect(method.protect([value], undefined).column).toEqual([referenceScript(keyOf('ff1'), 'encrypt', value, '')]);
    }),
    { numRuns: 200 },
  );
});

test('ranks are written as numerals and read back, to the ends of every domain', () => {
  const sizes = fc.oneof(fc.integer({ min: 5, max: 64 }), fc.integer({ min: 5, max: 42_720 }));
  const given = fc.array(sizes, { minLength: 1, maxLength: 200, size: 'max' }).chain((list) =>
    fc.record({
      list: fc.constant(list),
      ranks: fc.oneof(
        fc.constant(list.map(() => 0)),
        fc.constant(list.map((size) => size - 1)),
        fc.tuple(...list.map((size) => fc.nat(size - 1))),
      ),
    }),
  );
  fc.assert(
    fc.property(given, ({ list, ranks }) => {
      const domain = makeDomain(Uint32Array.from(list));
      const { radix, length, end, hasGap } = domain;
      const count = list.reduce((product, size) => product * BigInt(size), 1n);
      expect(BigInt(radix) ** BigInt(length)).toBeGreaterThanOrEqual(count);
      expect(radix === 10 || BigInt(radix - 1) ** BigInt(length) < count).toBe(true);
      expect(!hasGap || numberOf(end, radix) === count).toBe(true);
      const numerals = new Uint16Array(length);
      writeRank(domain, Uint16Array.from(ranks), 0, numerals, 0);
      expect(numberOf(numerals, radix)).toBe(ranks.reduce((sum, rank, i) => sum * BigInt(list[i]!) + BigInt(rank), 0n));
      const back = new Uint16Array(list.length);
      readRank(domain, numerals, 0, back, 0);
      expect([...back]).toEqual(ranks);
    }),
  );
});

function numberOf(numerals: Uint16Array, radix: number): bigint {
  return [...numerals].reduce((sum, numeral) => sum * BigInt(radix) + BigInt(numeral), 0n);
}

// For every alphabet whose tokens are stable, and texts of its symbols and of anything that Unicode has.
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { alphabetCodePoints } from '../../lib/policy/alphabet.ts';
import { builtInAlphabetNames, isStableAlphabet } from '../../lib/policy/builtin-alphabets.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { keyOf, methodOf, refusalOf } from '../support/alphabet-methods.ts';
import { beginsCombining, referenceStable } from '../support/stable-reference.ts';

const OWN = [{ name: 'street', include: ['bengali letters', 'arabic letters'], ranges: ['0020', '0030-0039'] }];
const OLDER = ['latin extended', 'hangul', 'greek'];
const names = [...builtInAlphabetNames.filter(isStableAlphabet), 'street', ...OLDER];
const alphabets = new Map<string, readonly string[]>();

function symbolsOf(name: string): readonly string[] {
  let symbols = alphabets.get(name);
  if (symbols === undefined) {
    symbols = Array.from(alphabetCodePoints(name, OWN), (point) => String.fromCodePoint(point));
    alphabets.set(name, symbols);
  }
  return symbols;
}

const methods = new Map<string, Method>();

function methodFor(alphabet: string, fromLeft: number, fromRight: number): Method {
  const name = `${alphabet} ${fromLeft} ${fromRight}`;
  let method = methods.get(name);
  if (method === undefined) {
    const normalize = OLDER.includes(alphabet) ? { normalize: 'nfc' } : {};
    const written = { type: 'unicode', alphabet, fromLeft, fromRight, shortData: 'weak-token', ...normalize };
    method = methodOf(written, OWN);
    methods.set(name, method);
  }
  return method;
}

/** What stays: signs, marks, and any code point, surrogates and unassigned ones too. */
const others = fc.oneof(
  fc.constantFrom('-', ' ', '\u0301', '\u0323', '\u05b0', '\u093c', '\u3099', '\u200d', '😀', '\0'),
  fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
);

const texts = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...symbolsOf(name)) }, { weight: 1, arbitrary: others }), {
      maxLength: 12,
    })
    .map((parts) => parts.join(''));

const given = fc
  .record({ name: fc.constantFrom(...names), fromLeft: fc.nat(2), fromRight: fc.nat(2) })
  .chain((facts) => fc.record({ facts: fc.constant(facts), column: fc.array(texts(facts.name), { maxLength: 6 }) }));
const ivs = fc.constantFrom(undefined, 'iv');

test('tokens equal their NFC form, begin as their values do, keep what stays, and come back in normal form', () => {
  let changed = 0;
  fc.assert(
    fc.property(given, ivs, ({ facts: { name, fromLeft, fromRight }, column }, iv) => {
      const method = methodFor(name, fromLeft, fromRight);
      const rows = column.filter((text) => refusalOf(() => method.protect([text], iv)) === 'not refused');
      const tokens = method.protect(rows, iv).column as string[];
      const normal = rows.map((text) => text.normalize('NFC'));
      expect(method.unprotect(tokens, iv).column).toEqual(normal);
      expect(tokens.map((token) => token.normalize('NFC'))).toEqual(tokens);
      expect(tokens.map(beginsCombining)).toEqual(normal.map(beginsCombining));
      const symbols = new Set(symbolsOf(name));
      const stays = (text: string) => Array.from(text, (each) => (symbols.has(each) ? 'x' : each));
      expect(tokens.map(stays)).toEqual(normal.map(stays));
      expect(
        method.protect(
          rows.map((text) => text.normalize('NFD')),
          iv,
        ).column,
      ).toEqual(tokens);
      changed += tokens.filter((token, i) => token !== normal[i]).length;
    }),
    { numRuns: 1500 },
  );
  expect(changed).toBeGreaterThan(1500);
});

test('tokens agree with the reference', () => {
  let compared = 0;
  fc.assert(
    fc.property(given, ivs, ({ facts: { name, fromLeft, fromRight }, column }, iv) => {
      const method = methodFor(name, fromLeft, fromRight);
      const alphabet = symbolsOf(name);
      const symbols = new Set(alphabet);
      for (const text of column.filter((each) => refusalOf(() => method.protect([each], iv)) === 'not refused')) {
        const characters = Array.from(text.normalize('NFC'));
        const window = characters.slice(fromLeft, Math.max(fromLeft, characters.length - fromRight));
        const count = window.filter((each) => symbols.has(each)).length;
        // FF1 alone: two symbols, and a domain of a hundred.
        if (count < 2 || alphabet.length ** count < 100) continue;
        const element = { alphabet, fromLeft, fromRight, key: keyOf('ff1') };
        expect(method.protect([text], iv).column).toEqual([referenceStable(element, 'encrypt', text, iv ?? '')]);
        compared++;
      }
    }),
    { numRuns: 150 },
  );
  expect(compared).toBeGreaterThan(150);
});

test('any text that unprotect takes is the token of the value that it gives', () => {
  fc.assert(
    fc.property(given, ({ facts: { name, fromLeft, fromRight }, column }) => {
      const method = methodFor(name, fromLeft, fromRight);
      const read = column.filter((text) => refusalOf(() => method.unprotect([text], undefined)) === 'not refused');
      const values = method.unprotect(read, undefined).column as string[];
      const taken = values.map((value) => refusalOf(() => method.protect([value], undefined)) === 'not refused');
      const again = method.protect(
        values.filter((_, i) => taken[i]),
        undefined,
      ).column;
      expect(again).toEqual(read.filter((_, i) => taken[i]).map((text) => text.normalize('NFC')));
    }),
    { numRuns: 500 },
  );
});

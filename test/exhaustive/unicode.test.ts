// Every character of Unicode: the tables of kinds and alphabets, and elements that keep script and width.
import { describe, expect, test } from '@jest/globals';
import { alphabetCodePoints } from '../../lib/policy/alphabet.ts';
import { builtInAlphabetNames, isStableAlphabet } from '../../lib/policy/builtin-alphabets.ts';
import { isCombining } from '../../lib/policy/combining.ts';
import { COMPOSERS, KINDS } from '../../lib/policy/kinds.data.ts';
import { findBadValues } from '../../lib/protect/bad-values.ts';
import { methodOf } from '../support/alphabet-methods.ts';
import { deriveAlphabets, deriveCombining, hasSameUnicode } from '../support/script-alphabets.ts';
import { kindOf } from '../support/script-reference.ts';
import { deriveComposers, deriveKinds, UNICODE_VERSION, writeRanges } from '../support/unicode-kinds.ts';

const script = () => methodOf({ type: 'unicode-script', shortData: 'weak-token' });
const tokensOf = (values: readonly string[]) => script().protect(values, undefined).column as string[];
const kindsOf = (text: string) => Array.from(text, (character) => kindOf(character) ?? character);

const names = builtInAlphabetNames.filter(isStableAlphabet);
const pointsOf = (name: string): number[] => [...alphabetCodePoints(name, [])];
const combining = (): number[] => Array.from({ length: 0x110000 }, (_, point) => point).filter(isCombining);

describe('over all of Unicode', () => {
  /** Every code point but surrogates, those for private use and those without a character. */
  const characters = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point)).filter((character) =>
    /[^\p{Cn}\p{Co}\p{Cs}]/u.test(character),
  );
  const values = characters.map((character) => `Bcdfg${character}h`);
  const refused = new Map<number, string>();
  findBadValues(
    values,
    (part) => void script().protect(part, undefined),
    1,
    (row, { code }) => {
      refused.set(row, code);
      return true;
    },
  );
  const taken = values.filter((_, row) => !refused.has(row));

  test('a letter or digit is tokenized or its value is refused, and nothing else is refused', () => {
    const wrong = values.filter((value, row) => {
      const outside = Array.from(value.normalize('NFC')).filter(
        (each) => /[\p{L}\p{N}]/u.test(each) && kindOf(each) === undefined,
      );
      return outside.length > 0 !== refused.has(row);
    });
    expect(wrong).toEqual([]);
    expect(refused.size).toBeGreaterThan(500);
    expect(new Set(refused.values())).toEqual(new Set(['LETTERS_OUTSIDE', 'DIGITS_OF_ANOTHER_SCRIPT']));
  });

  test('tokens equal their NFC forms, have the kinds and bytes of their values, and come back', () => {
    const tokens = tokensOf(taken);
    const normal = taken.map((value) => value.normalize('NFC'));
    const wrong = tokens.filter(
      (token, row) =>
        token.normalize('NFC') !== token ||
        Buffer.byteLength(token) !== Buffer.byteLength(normal[row]!) ||
        token === normal[row] ||
        kindsOf(token).join() !== kindsOf(normal[row]!).join(),
    );
    expect(wrong).toEqual([]);
    expect(script().unprotect(tokens, undefined).column).toEqual(normal);
    expect(tokens.length).toBeGreaterThan(150_000);
  });
});

describe('the list of kinds', () => {
  test(`is what Unicode ${UNICODE_VERSION} says of letters, numbers and marks`, () => {
    // A runtime of another version has other characters: there the digest above stands alone.
    const isSame = process.versions['unicode'] === UNICODE_VERSION;
    const derived = isSame ? deriveKinds().map(({ points }) => writeRanges(points)) : KINDS;
    expect(KINDS).toEqual(derived);
    expect(COMPOSERS).toBe(isSame ? writeRanges(deriveComposers()) : COMPOSERS);
  });
});

describe('alphabets whose tokens are stable', () => {
  test('are what Unicode 17.0 says', () => {
    // A runtime of another version has other characters: there the digests above stand alone.
    const derived = hasSameUnicode ? [...deriveAlphabets()] : names.map((name) => [name, pointsOf(name)]);
    expect(names.map((name) => [name, pointsOf(name)])).toEqual(derived);
    expect(combining()).toEqual(hasSameUnicode ? deriveCombining() : combining());
  });
});

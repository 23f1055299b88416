import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { COMPOSERS, KINDS } from '../../../../../lib/protect/methods/script/kinds.data.ts';
import { COMPOSES, KIND, kindTables } from '../../../../../lib/protect/methods/script/kinds.ts';
import { KIND_CHARACTERS } from '../../../../support/script-reference.ts';
import { deriveComposers, deriveKinds, UNICODE_VERSION, writeRanges } from '../../../../support/unicode-kinds.ts';

describe('the list of kinds', () => {
  test('is frozen: a change of it makes tokens unreadable', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify([KINDS, COMPOSERS]))
      .digest('hex');
    expect(digest).toBe('09905175b28df2a0898cbafa9425ec4289a4b1530371242da74874f0e95625e3');
  });

  test(`is what Unicode ${UNICODE_VERSION} says of letters, numbers and marks`, () => {
    // A runtime of another version has other characters: there the digest above stands alone.
    const isSame = process.versions['unicode'] === UNICODE_VERSION;
    const derived = isSame ? deriveKinds().map(({ points }) => writeRanges(points)) : KINDS;
    expect(KINDS).toEqual(derived);
    expect(COMPOSERS).toBe(isSame ? writeRanges(deriveComposers()) : COMPOSERS);
  });

  test('holds every character once', () => {
    const all = KIND_CHARACTERS.flat();
    expect(all.length).toBe(147_877);
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
        return [kinds[point]! & KIND, points[starts[i + 1]! + ranks[point]!]];
      });
      expect(back).toEqual(characters.map((character) => [i + 1, character.codePointAt(0)]));
    }
  });

  test('mark the characters that compose with one before them, and their kinds', () => {
    const { kinds, composing } = kindTables();
    const marked = [...kinds.keys()].filter((point) => (kinds[point]! & COMPOSES) !== 0);
    expect(writeRanges(marked)).toBe(COMPOSERS);
    const ofKinds = new Set(marked.map((point) => kinds[point]! & KIND).filter((kind) => kind > 0));
    expect([...composing.keys()].filter((kind) => composing[kind] === 1)).toEqual(
      [...ofKinds].toSorted((a, b) => a - b),
    );
    expect(ofKinds.size).toBeGreaterThan(10);
  });
});

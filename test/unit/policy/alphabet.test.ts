import { describe, expect, test } from '@jest/globals';
import { elementCodePoints, foldsCase } from '../../../lib/policy/alphabet.ts';
import { countCodePoints, mergeRanges } from '../../../lib/policy/ranges.ts';

const text = (points: Uint32Array) => String.fromCodePoint(...points);
const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const LATIN1 = 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ';
const ASCII = String.fromCharCode(...Array.from({ length: 0x7f - 0x21 }, (_, i) => 0x21 + i));

describe('the alphabet of an element', () => {
  test.each([
    ['numeric', DIGITS],
    ['alpha', UPPER + LOWER],
    ['upper-case-alpha', UPPER],
    ['alpha-numeric', DIGITS + UPPER + LOWER],
    ['upper-case-alpha-numeric', DIGITS + UPPER],
    ['lower-ascii', ASCII],
    ['email', DIGITS + UPPER + LOWER],
    ['lower-case-email', DIGITS + LOWER],
    ['fpe-numeric', DIGITS],
    ['fpe-alpha', UPPER + LOWER],
    ['fpe-alpha-numeric', DIGITS + UPPER + LOWER],
    ['fpe-latin1-alpha', UPPER + LOWER + LATIN1],
    ['fpe-latin1-alpha-numeric', DIGITS + UPPER + LOWER + LATIN1],
  ] as const)('of type %s is %s', (type, letters) => {
    expect(text(elementCodePoints({ type }, []))).toBe(letters);
  });

  test('of type printable is ISO 8859-15 without control characters, as TextDecoder decodes it', () => {
    const codes = Uint8Array.from({ length: 256 }, (_, i) => i).filter((c) => (c & 0x7f) >= 0x20 && c !== 0x7f);
    const letters = new TextDecoder('iso-8859-15').decode(codes);
    expect(text(elementCodePoints({ type: 'printable' }, []))).toBe(
      Array.from(letters)
        .toSorted((a, b) => a.codePointAt(0)! - b.codePointAt(0)!)
        .join(''),
    );
    for (const letter of '€ŠšŽžŒœŸ') expect(letters).toContain(letter);
  });

  test.each([
    ['in any order', ['0063', '0061-0062'], 'abc'],
    ['that overlap', ['0061-0064', '0063-0066', '0062'], 'abcdef'],
    ['that touch', ['0061', '0062', '0063'], 'abc'],
    ['beyond the basic plane', ['1F600-1F602', '0041'], 'A😀😁😂'],
  ])('of type unicode holds each code point of its ranges once, ascending: ranges %s', (_, ranges, letters) => {
    const alphabets = [
      { name: 'other', include: [], ranges: ['0030'] },
      { name: 'mine', include: [], ranges },
    ];
    expect(text(elementCodePoints({ type: 'unicode', alphabet: 'mine' }, alphabets))).toBe(letters);
  });

  test('is empty for a name that the policy does not define', () => {
    expect(elementCodePoints({ type: 'unicode', alphabet: 'x' }, [])).toHaveLength(0);
  });

  test('folds case only for the two types with upper case only', () => {
    const types = [
      'numeric',
      'alpha',
      'upper-case-alpha',
      'alpha-numeric',
      'upper-case-alpha-numeric',
      'lower-ascii',
      'printable',
      'email',
      'lower-case-email',
    ] as const;
    expect(types.filter(foldsCase)).toEqual(['upper-case-alpha', 'upper-case-alpha-numeric']);
  });

  test('is counted from merged ranges, without expanding them', () => {
    const merged = mergeRanges(['4E00-9FFF', '0041-005A', '005B', '5000']);
    expect(merged).toEqual([
      [0x41, 0x5b],
      [0x4e00, 0x9fff],
    ]);
    expect(countCodePoints(merged)).toBe(27 + 20_992);
  });
});

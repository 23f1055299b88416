import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ivBytes, MAX_TWEAK, sharedTweak, tweakOf, writeTweak } from '../../../lib/protect/tweak.ts';
import { codePoint } from '../../support/code-point.ts';

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const tweak = (left: string, right: string, iv: string): string => hex(tweakOf(utf8(left), utf8(right), utf8(iv)));

/** E of the comment in lib/protect/tweak.ts, in hexadecimal. */
function encoding(...parts: readonly string[]): string {
  const lengthPrefixed = parts.map((part) => {
    const bytes = utf8(part);
    return bytes.length.toString(16).padStart(4, '0') + hex(bytes);
  });
  return `01${lengthPrefixed.join('')}`;
}

/** Calls `writeTweak` between the units of other values and returns the tweak, and the bytes around it. */
function written(left: string, middle: string, right: string, iv: string): { tweak: string; beside: string } {
  const [before, after] = ['é9', '7中'];
  const text = before + left + middle + right + after;
  const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const rowFrom = before.length;
  const from = rowFrom + left.length;
  const to = from + middle.length;
  const out = new Uint8Array(3 * MAX_TWEAK).fill(0xee);
  const bytes = writeTweak(out, MAX_TWEAK, units, rowFrom, from, to, to + right.length, utf8(iv));
  const beside = hex(out.subarray(0, MAX_TWEAK)) + hex(out.subarray(2 * MAX_TWEAK));
  return { tweak: hex(out.subarray(MAX_TWEAK, MAX_TWEAK + bytes)), beside };
}

const UNTOUCHED = 'ee'.repeat(2 * MAX_TWEAK);

describe('the tweak, byte by byte', () => {
  test.each<[string, [string, string, string], string]>([
    ['an IV', ['', '', 'iv'], '01 0000 0000 0002 6976'],
    ['a left part', ['12', '', ''], '01 0002 3132 0000 0000'],
    ['a right part', ['', '4321', ''], '01 0000 0004 34333231 0000'],
    ['all three', ['a', 'bc', 'd'], '01 0001 61 0002 6263 0001 64'],
    ['text beyond ASCII, as UTF-8', ['é', '中', '😀'], '01 0002 c3a9 0003 e4b8ad 0004 f09f9880'],
    ['NUL characters', ['\0', '\0\0', ''], '01 0001 00 0002 0000 0000'],
    ['nothing', ['', '', ''], '01 0000 0000 0000'],
    ['33 bytes of parts, which make 40', ['', 'x'.repeat(33), ''], `01 0000 0021 ${'78'.repeat(33)} 0000`],
  ])('%s', (_what, [left, right, iv], bytes) => {
    expect(tweak(left, right, iv)).toBe(bytes.replaceAll(' ', ''));
    expect(written(left, 'middle', right, iv)).toEqual({ tweak: bytes.replaceAll(' ', ''), beside: UNTOUCHED });
  });

  test('hashes an encoding of 41 bytes: 02 and its SHA-256', () => {
    const hash = createHash('sha256')
      .update(Buffer.from(`0100000022${'78'.repeat(34)}0000`, 'hex'))
      .digest('hex');
    expect(tweak('', 'x'.repeat(34), '')).toBe(`02${hash}`);
    expect(written('', '', 'x'.repeat(34), '')).toEqual({ tweak: `02${hash}`, beside: UNTOUCHED });
  });

  test('keeps both length bytes of parts of 256 bytes and more', () => {
    const parts = ['l'.repeat(256), 'r'.repeat(4096), 'i'.repeat(255)] as const;
    const hash = createHash('sha256')
      .update(Buffer.from(encoding(...parts), 'hex'))
      .digest('hex');
    expect(tweak(...parts)).toBe(`02${hash}`);
    expect(written(parts[0], 'm', parts[1], parts[2]).tweak).toBe(`02${hash}`);
  });

  test('is empty without clear parts and IV, and the encoding with an IV', () => {
    expect(hex(sharedTweak(ivBytes(undefined)))).toBe('');
    expect(hex(sharedTweak(ivBytes('')))).toBe('');
    expect(hex(sharedTweak(ivBytes('iv')))).toBe(encoding('', '', 'iv'));
  });
});

describe('an external IV', () => {
  test.each(['i', 'x'.repeat(256), 'é'.repeat(128), '😀'.repeat(64)])('is UTF-8 of up to 256 bytes: %j', (iv) => {
    expect(ivBytes(iv)).toEqual(Buffer.from(iv));
  });

  test.each(['x'.repeat(257), 'é'.repeat(129), '中'.repeat(86), '😀'.repeat(65)])(
    'is refused beyond 256 bytes, whatever its number of characters',
    (iv) => {
      expect(() => ivBytes(iv)).toThrow(expect.objectContaining({ code: 'IV_TOO_LONG' }));
    },
  );
});

const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 25 });
const anyText = fc.string({ unit: codePoint, maxLength: 12 });
const part = fc.oneof(ascii, anyText, fc.constantFrom('', '\x7f', '\x80', 'ÿ', 'Ā', '\0'));

test('writeTweak writes the tweak of any parts and touches nothing else', () => {
  const paths = new Set<string>();
  fc.assert(
    fc.property(part, part, part, part, (left, middle, right, iv) => {
      const found = written(left, middle, right, iv);
      const isAscii = utf8(left + right).length === left.length + right.length;
      paths.add(`${isAscii ? 'ASCII' : 'Unicode'} ${found.tweak.slice(0, 2)}`);
      expect(found.tweak).toBe(tweak(left, right, iv));
      expect(found.beside).toBe(UNTOUCHED);
    }),
    { numRuns: 2000 },
  );
  expect(paths).toEqual(new Set(['ASCII 01', 'ASCII 02', 'Unicode 01', 'Unicode 02']));
});

describe('different inputs never share a tweak', () => {
  const narrow = fc.string({ unit: fc.constantFrom('\0', '\u0001', '\u0002', 'a'), maxLength: 6 });
  const triple = fc.tuple(narrow, narrow, narrow);

  test('for any two similar triples of parts', () => {
    fc.assert(
      fc.property(triple, triple, (one, other) => {
        expect(tweak(...one) === tweak(...other)).toBe(one.join('|') === other.join('|'));
      }),
      { numRuns: 2000 },
    );
  });

  test('for every way to cut the same bytes into three', () => {
    for (const bytes of ['aaaaaaaaaa', '\0\0\0\0\0\0\0\0\0\0', '\0\u0001\0\u0001\0\u0001\0', 'x'.repeat(45)]) {
      const seen = new Set<string>();
      let cuts = 0;
      for (let from = 0; from <= bytes.length; from++) {
        for (let to = from; to <= bytes.length; to++, cuts++) {
          seen.add(tweak(bytes.slice(0, from), bytes.slice(from, to), bytes.slice(to)));
        }
      }
      expect(seen.size).toBe(cuts);
    }
  });

  test('for a hashed tweak and the parts that would spell it', () => {
    const hashed = tweak('l'.repeat(50), '', '');
    expect(hashed.slice(0, 2)).toBe('02');
    fc.assert(
      fc.property(part, part, part, (left, right, iv) => {
        const found = tweak(left, right, iv);
        expect(found.length / 2).toBeLessThanOrEqual(MAX_TWEAK);
        expect(found).not.toBe(hashed);
        expect(found.startsWith('02')).toBe(7 + utf8(left + right + iv).length > MAX_TWEAK);
      }),
    );
  });
});

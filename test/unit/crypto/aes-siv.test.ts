import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { aessiv } from '@noble/ciphers/aes.js';
import * as fc from 'fast-check';
import { AesSiv } from '../../../lib/crypto/aes-siv.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const toHex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const load = (name: string) => JSON.parse(readFileSync(new URL(`../../vectors/siv/${name}`, import.meta.url), 'utf8'));

interface Published {
  readonly section: string;
  readonly key: string;
  readonly associatedData: readonly string[];
  readonly plaintext: string;
  readonly sealed: string;
}
const published = load('rfc-5297.json').cases as readonly Published[];

describe.each(published.map((each) => [each.section, each] as const))('RFC 5297, appendix %s', (_section, each) => {
  const siv = new AesSiv(hex(each.key));
  const associatedData = each.associatedData.map(hex);

  test('the plaintext is sealed to its output', () => {
    expect(toHex(siv.seal(associatedData, hex(each.plaintext)))).toBe(each.sealed);
  });

  test('the output is opened to its plaintext', () => {
    expect(toHex(siv.open(associatedData, hex(each.sealed)))).toBe(each.plaintext);
  });

  test('a change of any bit of output or associated data opens to nothing', () => {
    const sealed = hex(each.sealed);
    const released: string[] = [];
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      if (siv.open(associatedData, changed) !== undefined) released.push(`bit ${bit} of the output`);
    }
    associatedData.forEach((data, i) => {
      const changed = associatedData.map((bytes) => Buffer.from(bytes));
      changed[i]![data.length - 1]! ^= 1;
      if (siv.open(changed, sealed) !== undefined) released.push(`associated data ${i}`);
    });
    expect(released).toEqual([]);
  });

  test.each([0, 1, 15])('the first %i bytes of the output open to nothing', (length) => {
    expect(siv.open(associatedData, hex(each.sealed).subarray(0, length))).toBeUndefined();
  });
});

interface Group {
  readonly keySize: number;
  readonly tests: readonly { key: string; aad: string; msg: string; ct: string; result: 'valid' | 'invalid' }[];
}
describe.each((load('wycheproof-aes-siv-cmac.json').groups as readonly Group[]).map((g) => [g.keySize, g] as const))(
  'Wycheproof cases with %i-bit keys',
  (_keySize, { tests }) => {
    const valid = tests.filter(({ result }) => result === 'valid');
    const invalid = tests.filter(({ result }) => result === 'invalid');

    test('that are valid seal and open', () => {
      const wrong = valid.filter(({ key, aad, msg, ct }) => {
        const siv = new AesSiv(hex(key));
        return toHex(siv.seal([hex(aad)], hex(msg))) !== ct || toHex(siv.open([hex(aad)], hex(ct))) !== msg;
      });
      expect(wrong).toEqual([]);
      expect(valid.length).toBeGreaterThan(30);
    });

    test('that are invalid do not open', () => {
      const opened = invalid.filter(({ key, aad, ct }) => new AesSiv(hex(key)).open([hex(aad)], hex(ct)) !== undefined);
      expect(opened).toEqual([]);
      expect(invalid.length).toBeGreaterThan(100);
    });
  },
);

const keyOf = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes, size: 'max' });
const bytesUpTo = (maxLength: number) => fc.uint8Array({ minLength: 0, maxLength, size: 'max' });

function join(strings: readonly Uint8Array[]) {
  let end = 0;
  return { bytes: Buffer.concat(strings), ends: Uint32Array.from(strings, ({ length }) => (end += length)) };
}
function split({ bytes, ends }: { bytes: Uint8Array; ends: Uint32Array }): Uint8Array[] {
  return Array.from(ends, (end, i) => bytes.slice(i === 0 ? 0 : ends[i - 1]!, end));
}

describe('a batch', () => {
  test('is sealed as by an independent implementation, and opens to its plaintexts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(32, 48, 64).chain(keyOf),
        fc.array(bytesUpTo(40), { maxLength: 4, size: 'max' }),
        fc.array(bytesUpTo(80), { maxLength: 20, size: 'max' }),
        (key, associatedData, plaintexts) => {
          const siv = new AesSiv(key);
          const sealed = siv.sealAll(associatedData, join(plaintexts));
          expect(split(sealed).map(toHex)).toEqual(
            plaintexts.map((plaintext) => toHex(aessiv(key, ...associatedData).encrypt(plaintext))),
          );
          const opened = siv.openAll(associatedData, sealed);
          if (opened.failed !== undefined) throw new Error(`string ${opened.failed} did not open`);
          expect(split(opened).map(toHex)).toEqual(plaintexts.map(toHex));
        },
      ),
    );
  });

  test('with altered or truncated strings opens only to the number of the first of them', () => {
    fc.assert(
      fc.property(
        fc.array(bytesUpTo(40), { minLength: 1, maxLength: 12, size: 'max' }),
        fc.array(fc.record({ at: fc.nat(), cut: fc.boolean() }), { minLength: 1, maxLength: 3, size: 'max' }),
        (plaintexts, faults) => {
          const siv = new AesSiv(new Uint8Array(64).fill(7));
          const sealed = split(siv.sealAll([], join(plaintexts)));
          const wrong = faults.map(({ at }) => at % sealed.length);
          for (const [i, at] of wrong.entries()) {
            const cut = faults[i]!.cut;
            sealed[at] = cut
              ? sealed[at]!.subarray(0, 15)
              : sealed[at]!.map((byte, b) => (b === 3 ? byte ^ 0x5a : byte));
          }
          fc.pre(new Set(wrong).size === wrong.length); // two changes of one string may undo each other
          expect(siv.openAll([], join(sealed))).toEqual({ failed: Math.min(...wrong) });
        },
      ),
    );
  });
});

test.each([
  ['one block', 16],
  ['many blocks', 100_000],
])('a plaintext of %s agrees with the other implementation', (_, length) => {
  const key = Uint8Array.from({ length: 64 }, (_unused, i) => i);
  const plaintext = new Uint8Array(length).fill(0xa5);
  expect(toHex(new AesSiv(key).seal([], plaintext))).toBe(toHex(aessiv(key).encrypt(plaintext)));
});

test.each([0, 16, 33, 63, 65])('a key of %i bytes is refused', (bytes) => {
  expect(() => new AesSiv(new Uint8Array(bytes))).toThrow(expect.objectContaining({ code: 'SIV_KEY_SIZE' }));
});

test('no strings are sealed and opened as no bytes', () => {
  const siv = new AesSiv(new Uint8Array(64));
  const none = { bytes: new Uint8Array(0), ends: new Uint32Array(0) };
  expect(siv.sealAll([], none)).toEqual(none);
  expect(siv.openAll([], none)).toEqual(none);
});

test('takes 126 associated data strings and refuses 127', () => {
  const siv = new AesSiv(new Uint8Array(64));
  const data = new Array<Uint8Array>(127).fill(Uint8Array.of(1));
  expect(siv.seal(data.slice(1), Uint8Array.of(2))).toHaveLength(17);
  expect(() => siv.seal(data, Uint8Array.of(2))).toThrow(expect.objectContaining({ code: 'SIV_ASSOCIATED_DATA' }));
});

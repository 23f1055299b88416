import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decryptNumerals, encryptNumerals, Ff1, type Ff1Batch } from '../../../lib/crypto/ff1.ts';
import { minimumLength } from '../../../lib/crypto/ff1-domain.ts';

interface Vector {
  readonly key: string;
  readonly tweak: string;
  readonly plaintext: string;
  readonly ciphertext: string;
}

interface Samples {
  readonly alphabet: string;
  readonly samples: readonly (Vector & { readonly sample: number; readonly radix: number })[];
  readonly ffx: readonly (Vector & { readonly radix: number })[];
}

interface Acvp {
  readonly groups: readonly {
    readonly direction: 'encrypt' | 'decrypt';
    readonly keyBits: number;
    readonly radix: number;
    readonly alphabet: string;
    readonly tests: readonly (Vector & { readonly id: number })[];
  }[];
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../vectors/ff1/${file}`, import.meta.url), 'utf8'));
const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');

/** Runs the cipher on one value of a vector, a text over an alphabet. */
function translate(
  cipher: typeof encryptNumerals,
  vector: Vector,
  radix: number,
  alphabet: string,
  text: string,
): string {
  const numerals = Array.from(text, (symbol) => alphabet.indexOf(symbol));
  return cipher(hex(vector.key), radix, hex(vector.tweak), numerals)
    .map((numeral) => alphabet[numeral])
    .join('');
}

const samples = read('nist-samples.json') as Samples;
const acvp = read('acvp-aes-ff1.json') as Acvp;

describe('published vectors', () => {
  test('include nine samples of NIST and three of FFX', () => {
    expect([samples.samples.length, samples.ffx.length]).toEqual([9, 3]);
  });

  test.each([...samples.samples, ...samples.ffx])(
    'radix $radix, $plaintext encrypts to $ciphertext and back',
    ({ radix, ...vector }) => {
      const { plaintext, ciphertext } = vector;
      expect(translate(encryptNumerals, vector, radix, samples.alphabet, plaintext)).toBe(ciphertext);
      expect(translate(decryptNumerals, vector, radix, samples.alphabet, ciphertext)).toBe(plaintext);
    },
  );

  test('hold in all 750 ACVP cases, in the direction of their group and back', () => {
    const seen = new Set<string>();
    const failed: string[] = [];
    for (const { direction, keyBits, radix, alphabet, tests } of acvp.groups) {
      for (const vector of tests) {
        const name = `${direction} ${keyBits} ${radix} ${vector.id}`;
        seen.add(name);
        expect(vector.key).toHaveLength(keyBits / 4);
        const { plaintext, ciphertext } = vector;
        const asked =
          direction === 'encrypt'
            ? translate(encryptNumerals, vector, radix, alphabet, plaintext) === ciphertext
            : translate(decryptNumerals, vector, radix, alphabet, ciphertext) === plaintext;
        const back =
          direction === 'encrypt'
            ? translate(decryptNumerals, vector, radix, alphabet, ciphertext) === plaintext
            : translate(encryptNumerals, vector, radix, alphabet, plaintext) === ciphertext;
        if (!asked || !back) failed.push(name);
      }
    }
    expect(failed).toEqual([]);
    expect(seen.size).toBe(750);
  });
});

const KEY = new Uint8Array(32).fill(7);
const NONE = new Uint8Array(0);

/** Two values of six digits, with the changes of a test. */
function batchOf(change: Partial<Ff1Batch> = {}): Ff1Batch {
  return {
    radix: 10,
    length: 6,
    numerals: Uint16Array.from([3, 1, 4, 1, 5, 9, 2, 7, 1, 8, 2, 8]),
    tweaks: NONE,
    tweakLength: 0,
    ...change,
  };
}

/** What the message says, where the code alone does not tell what to do: the limit. */
const LIMITS: Readonly<Record<string, RegExp>> = {
  FF1_RADIX: /from 2 to 65,536$/,
  FF1_LENGTH: /2 to 5504 numerals$|whole number of values$/,
  FF1_DOMAIN_TOO_SMALL: /^FF1 needs radix\^length ≥ (?:100|1000000): radix \d+, length \d+$/,
  FF1_NUMERAL: /below the radix, \d+$/,
  FF1_TWEAK: /0 to 65535 bytes$|one tweak for all values or one for each$/,
};

describe('limits', () => {
  test.each<[string, string, Partial<Ff1Batch>]>([
    ['radix 1', 'FF1_RADIX', { radix: 1, numerals: new Uint16Array(12) }],
    ['radix 65,537', 'FF1_RADIX', { radix: 65_537 }],
    ['radix 10.5', 'FF1_RADIX', { radix: 10.5 }],
    ['radix NaN', 'FF1_RADIX', { radix: Number.NaN }],
    ['length 0', 'FF1_LENGTH', { length: 0 }],
    ['length 1', 'FF1_LENGTH', { length: 1 }],
    ['length 5,505', 'FF1_LENGTH', { length: 5505, numerals: new Uint16Array(5505) }],
    ['length 5.5', 'FF1_LENGTH', { length: 5.5 }],
    ['numerals that are not whole values', 'FF1_LENGTH', { numerals: new Uint16Array(13) }],
    ['5 digits', 'FF1_DOMAIN_TOO_SMALL', { length: 5, numerals: new Uint16Array(10) }],
    ['19 bits', 'FF1_DOMAIN_TOO_SMALL', { radix: 2, length: 19, numerals: new Uint16Array(19) }],
    ['2 numerals of radix 999', 'FF1_DOMAIN_TOO_SMALL', { radix: 999, length: 2 }],
    [
      '81 values, accepted small',
      'FF1_DOMAIN_TOO_SMALL',
      { radix: 9, length: 2, numerals: new Uint16Array(2), acceptSmallDomain: true },
    ],
    [
      '6 bits, accepted small',
      'FF1_DOMAIN_TOO_SMALL',
      { radix: 2, length: 6, numerals: new Uint16Array(6), acceptSmallDomain: true },
    ],
    ['a numeral equal to the radix', 'FF1_NUMERAL', { numerals: Uint16Array.from([0, 1, 2, 3, 4, 10]) }],
    [
      'a numeral of 65,535 in the last place of a batch',
      'FF1_NUMERAL',
      { radix: 65_535, length: 2, numerals: Uint16Array.from([1, 2, 3, 65_535]) },
    ],
    [
      'a tweak of 65,536 bytes',
      'FF1_TWEAK',
      { tweaks: new Uint8Array(65_536), tweakLength: 65_536, numerals: new Uint16Array(6) },
    ],
    ['a tweak length of −1', 'FF1_TWEAK', { tweakLength: -1 }],
    ['a tweak length of 1.5', 'FF1_TWEAK', { tweaks: new Uint8Array(3), tweakLength: 1.5 }],
    ['no tweak where one is announced', 'FF1_TWEAK', { tweakLength: 8 }],
    ['three tweaks for two values', 'FF1_TWEAK', { tweaks: new Uint8Array(24), tweakLength: 8 }],
    ['a tweak and a half', 'FF1_TWEAK', { tweaks: new Uint8Array(12), tweakLength: 8 }],
    ['tweak bytes with a tweak length of 0', 'FF1_TWEAK', { tweaks: new Uint8Array(2) }],
  ])('%s is refused with %s and changes nothing', (_what, code, change) => {
    const ff1 = new Ff1(KEY);
    const batch = batchOf(change);
    const [numerals, tweaks] = [batch.numerals.slice(), batch.tweaks.slice()];
    const refusal = expect.objectContaining({ code, message: expect.stringMatching(LIMITS[code]!) });
    expect(() => ff1.encrypt(batch)).toThrow(refusal);
    expect(() => ff1.decrypt(batch)).toThrow(refusal);
    expect(batch.numerals).toEqual(numerals);
    expect(batch.tweaks).toEqual(tweaks);
  });

  // The cache of domains numbers (radix, length) as radix · 5505 + length: 5,522 numerals of radix 9 meet 17 of radix
  // 10.
  test('refuses a length beyond 5,504 after any other length', () => {
    const ff1 = new Ff1(KEY);
    ff1.encrypt(batchOf({ radix: 10, length: 17, numerals: new Uint16Array(17) }));
    const batch = batchOf({ radix: 9, length: 5522, numerals: new Uint16Array(5522) });
    expect(() => ff1.encrypt(batch)).toThrow(expect.objectContaining({ code: 'FF1_LENGTH' }));
  });

  test.each<[string, Partial<Ff1Batch>]>([
    ['6 digits', {}],
    ['20 bits', { radix: 2, length: 20, numerals: new Uint16Array(20) }],
    ['2 numerals of radix 1,000', { radix: 1000, length: 2 }],
    ['2 numerals of radix 65,536', { radix: 65_536, length: 2, numerals: Uint16Array.from([0, 65_535]) }],
    ['4,096 bits', { radix: 2, length: 4096, numerals: new Uint16Array(4096) }],
    ['a tweak of 65,535 bytes', { tweaks: new Uint8Array(65_535), tweakLength: 65_535, numerals: new Uint16Array(6) }],
    ['one tweak each', { tweaks: new Uint8Array(16), tweakLength: 8 }],
    ['no value at all', { numerals: new Uint16Array(0) }],
    ['2 digits, accepted small', { length: 2, acceptSmallDomain: true }],
    ['7 bits, accepted small', { radix: 2, length: 7, numerals: new Uint16Array(7), acceptSmallDomain: true }],
    [
      '3 numerals of radix 5, accepted small',
      { radix: 5, length: 3, numerals: Uint16Array.from([4, 4, 4]), acceptSmallDomain: true },
    ],
  ])('%s is accepted and comes back', (_what, change) => {
    const ff1 = new Ff1(KEY);
    const batch = batchOf(change);
    const numerals = batch.numerals.slice();
    ff1.encrypt(batch);
    ff1.decrypt(batch);
    expect(batch.numerals).toEqual(numerals);
  });

  test('the smallest domain is permuted: 100 values have 100 ciphertexts', () => {
    const numerals = Uint16Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10));
    new Ff1(KEY).encrypt(batchOf({ length: 2, numerals, acceptSmallDomain: true }));
    const pairs = Array.from({ length: 100 }, (_, i) => `${numerals[2 * i]}${numerals[2 * i + 1]}`);
    expect(new Set(pairs).size).toBe(100);
  });

  test.each([
    [2, 20],
    [8, 7],
    [9, 7],
    [10, 6],
    [16, 5],
    [26, 5],
    [36, 4],
    [64, 4],
    [95, 4],
    [114, 3],
    [256, 3],
    [999, 3],
    [1000, 2],
    [65_536, 2],
  ])('radix %d reaches a million values with %d numerals', (radix, length) => {
    expect(minimumLength(radix)).toBe(length);
  });

  test.each([0, 15, 17, 23, 31, 33, 64])('a key of %d bytes is refused', (bytes) => {
    expect(() => new Ff1(new Uint8Array(bytes))).toThrow(expect.objectContaining({ code: 'AES_KEY_SIZE' }));
    expect(() => encryptNumerals(new Uint8Array(bytes), 10, NONE, [1, 2, 3, 4, 5, 6])).toThrow(
      expect.objectContaining({ code: 'AES_KEY_SIZE' }),
    );
  });

  test('the cipher keeps working after its key is overwritten', () => {
    const key = new Uint8Array(32).fill(7);
    const ff1 = new Ff1(key);
    key.fill(0);
    const [changed, kept] = [batchOf(), batchOf()];
    ff1.encrypt(changed);
    new Ff1(KEY).encrypt(kept);
    expect(changed.numerals).toEqual(kept.numerals);
  });
});

describe('one value', () => {
  test.each<[string, number, readonly number[]]>([
    ['negative', 10, [1, 2, 3, 4, 5, -1]],
    ['not whole', 10, [1, 2, 3, 4, 5, 1.5]],
    ['NaN', 10, [1, 2, 3, 4, 5, Number.NaN]],
    ['equal to the radix', 10, [10, 2, 3, 4, 5, 6]],
    ['65,536, which 16 bits would make 0', 65_536, [65_536, 1]],
    ['65,537 under a small radix', 10, [65_537, 2, 3, 4, 5, 6]],
    ['−65,535, which 16 bits would make 1', 10, [-65_535, 2, 3, 4, 5, 6]],
  ])('a numeral that is %s is refused', (_what, radix, numerals) => {
    for (const cipher of [encryptNumerals, decryptNumerals]) {
      expect(() => cipher(KEY, radix, NONE, numerals)).toThrow(expect.objectContaining({ code: 'FF1_NUMERAL' }));
    }
  });

  test.each<[string, number, number, number, string]>([
    ['one numeral', 1000, 1, 0, 'FF1_LENGTH'],
    ['none', 10, 0, 0, 'FF1_LENGTH'],
    ['5,505 numerals', 10, 5505, 0, 'FF1_LENGTH'],
    ['radix 1', 1, 6, 0, 'FF1_RADIX'],
    ['radix 65,537', 65_537, 6, 0, 'FF1_RADIX'],
    ['99 values', 99, 1, 0, 'FF1_LENGTH'],
    ['81 values', 9, 2, 0, 'FF1_DOMAIN_TOO_SMALL'],
    ['a tweak of 65,536 bytes', 10, 6, 65_536, 'FF1_TWEAK'],
  ])('%s is refused with the code of the limit', (_what, radix, length, tweakBytes, code) => {
    const numerals = new Array<number>(length).fill(0);
    for (const cipher of [encryptNumerals, decryptNumerals]) {
      expect(() => cipher(KEY, radix, new Uint8Array(tweakBytes), numerals)).toThrow(expect.objectContaining({ code }));
    }
  });

  test.each([0, 1, -2, 10.5, Number.NaN, 65_537])('a least length for radix %p is refused', (radix) => {
    expect(() => minimumLength(radix)).toThrow(expect.objectContaining({ code: 'FF1_RADIX' }));
  });

  test('leaves its arguments unchanged', () => {
    const numerals = Object.freeze([1, 2, 3, 4, 5, 6]);
    const tweak = Uint8Array.of(1, 2, 3);
    encryptNumerals(KEY, 10, tweak, numerals);
    expect(numerals).toEqual([1, 2, 3, 4, 5, 6]);
    expect(tweak).toEqual(Uint8Array.of(1, 2, 3));
  });
});

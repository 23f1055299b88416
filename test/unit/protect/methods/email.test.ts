import { describe, expect, test } from '@jest/globals';
import { keyOf, methodOf, readTokens, refusalOf, reproduce } from '../../../support/alphabet-methods.ts';
import { aes, encrypt } from '../../../support/ff1-reference.ts';

const email = (written: object = {}) => methodOf({ type: 'email', ...written });
const KINDS = {
  preserving: {},
  'with short data': { shortData: 'as-is' },
  'with weak tokens': { shortData: 'weak-token' },
  'not preserving': { preserveLength: false },
} as const;
type Kind = keyof typeof KINDS;
const protectedBy = (method: ReturnType<typeof email>, value: string, iv?: string): string =>
  String(method.protect([value], iv).column[0]);
const address = (local: number, domain: number): string => `${'a'.repeat(local)}@${'d'.repeat(domain)}`;

/** Makes a local part with a lone surrogate. */
const surrogateLocalPart = (letters: number): string => `aaaa\ud800÷${'b'.repeat(letters)}`;

describe('an e-mail token', () => {
  test('is FF1 over the letters and digits in front of the right-most @; everything else stays', () => {
    const ALNUM = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const numerals = encrypt(
      aes(keyOf('ff1')),
      62,
      Buffer.alloc(0),
      Array.from('johnQ1at').map((letter) => ALNUM.indexOf(letter)),
    );
    const [a, b, c, d, e, f, g, h] = numerals.map((numeral) => ALNUM[numeral]);
    expect(protectedBy(email(), 'john.Q1+@at@Example.com')).toBe(`${a}${b}${c}${d}.${e}${f}+@${g}${h}@Example.com`);
  });

  test('does not depend on the domain', () => {
    const [a, b] = ['john.smith@example.com', 'john.smith@EXAMPLE.org'].map((value) => protectedBy(email(), value));
    expect(a!.split('@')[0]).toBe(b!.split('@')[0]);
  });

  test('depends on the IV', () => {
    const token = protectedBy(email(), 'john.smith@example.com', 'iv');
    expect(token).not.toBe(protectedBy(email(), 'john.smith@example.com'));
    expect(email().unprotect([token], 'iv').column).toEqual(['john.smith@example.com']);
    expect(refusalOf(() => email({ externalIV: false }).protect([token], 'iv'))).toMatchObject({
      code: 'IV_NOT_ALLOWED',
    });
  });

  // Local part, domain and total at both ends of the specification's table, in characters of one byte.
  test.each<[Kind, string, string]>([
    ['preserving', 'least', address(4, 1)],
    ['preserving', 'longest local part', address(64, 191)],
    ['preserving', 'longest domain', address(4, 251)],
    ['with short data', 'least', address(1, 1)],
    ['with short data', 'longest local part', address(64, 191)],
    ['with short data', 'longest domain', address(1, 253)],
    ['with weak tokens', 'least', address(1, 1)],
    ['with weak tokens', 'longest domain', address(2, 253)],
    ['not preserving', 'least', address(1, 1)],
    ['not preserving', 'longest local part', address(63, 192)],
    ['not preserving', 'longest domain', address(1, 252)],
    ['not preserving', 'longest in all', address(4, 251)],
    ['not preserving', 'most delimiters', `${'+'.repeat(62)}a@x`],
  ])('comes back at the limits: %s, %s', (kind, _, value) => {
    const method = email(KINDS[kind]);
    expect(method.unprotect([protectedBy(method, value)], undefined).column).toEqual([value]);
  });

  test.each<[Kind, string, string]>([
    ['preserving', 'no @', 'john.smith'],
    ['preserving', 'no local part', '@example.com'],
    ['preserving', 'no domain', 'john.smith@'],
    ['preserving', 'nothing but @', '@'],
    ['preserving', 'a local part of two', address(2, 4)],
    ['preserving', 'a local part with three letters and digits', 'b.o.b@example.com'],
    ['preserving', 'a local part without any', '....@example.com'],
    ['preserving', 'a local part of 65 bytes', address(65, 4)],
    ['preserving', 'a local part of 66 bytes in 65 characters', `${'a'.repeat(64)}é@x`],
    ['preserving', 'a domain of 253 bytes', `abc@${'d'.repeat(253)}`],
    ['preserving', 'a domain of 254 bytes in 127 characters', `abcd@${'é'.repeat(127)}`],
    ['preserving', '257 bytes', address(64, 192)],
    ['with short data', 'no local part', '@example.com'],
    ['with short data', 'no domain', 'example@'],
    ['with short data', 'nothing but @', '@'],
    ['with short data', 'a local part of 65 bytes', address(65, 4)],
    ['with weak tokens', 'a local part of 65 bytes', address(65, 4)],
    ['with short data', 'a domain of 254 bytes', address(1, 254)],
    ['with short data', '257 bytes', address(4, 252)],
    ['with weak tokens', 'no @', 'ab'],
    ['not preserving', 'no local part', '@x'],
    ['not preserving', 'no domain', 'a@'],
    ['not preserving', 'a local part without letters and digits', '-@x'],
    ['not preserving', 'a local part of 64 bytes', address(64, 4)],
    ['not preserving', 'a domain of 253 bytes', address(1, 253)],
    ['not preserving', '257 bytes', address(5, 251)],
  ])('is refused for a text that is not an address: %s, %s', (kind, _, value) => {
    const column = ['john@example.com', null, value];
    expect(refusalOf(() => email(KINDS[kind]).protect(column, undefined))).toEqual({ code: 'EMAIL_INVALID', row: 2 });
  });

  test('counts bytes, not characters, against the limit of 64', () => {
    const value = `abcd${'÷'.repeat(30)}@x`;
    expect(email().unprotect([protectedBy(email(), value)], undefined).column).toEqual([value]);
    expect(refusalOf(() => email().protect([`abcd${'÷'.repeat(31)}@x`], undefined))).toEqual({
      code: 'EMAIL_INVALID',
      row: 0,
    });
    expect(refusalOf(() => email().protect([`abcd${'😀'.repeat(15)}@x`], undefined))).toBe('not refused');
    expect(refusalOf(() => email().protect([`abcd${'😀'.repeat(16)}@x`], undefined))).toEqual({
      code: 'EMAIL_INVALID',
      row: 0,
    });
  });

  test('counts a lone surrogate as three bytes, apart from the character behind it', () => {
    const method = email();
    expect(method.protect([`${surrogateLocalPart(55)}@example.com`], undefined).column).toHaveLength(1);
    expect(refusalOf(() => method.protect([`${surrogateLocalPart(56)}@example.com`], undefined))).toEqual({
      code: 'EMAIL_INVALID',
      row: 0,
    });
  });

  test('is refused with the same code if protect never produces it', () => {
    const method = email({ preserveLength: false });
    const good = protectedBy(method, 'john@example.com');
    expect(refusalOf(() => method.unprotect([good, 'abc@example.com'], undefined))).toEqual({
      code: 'EMAIL_INVALID',
      row: 1,
    });
    expect(refusalOf(() => method.unprotect([good, 'zzzzzzz@example.com'], undefined))).toEqual({
      code: 'EMAIL_INVALID',
      row: 1,
    });
    expect(refusalOf(() => email().unprotect(['no address'], undefined))).toEqual({ code: 'EMAIL_INVALID', row: 0 });
  });

  test('is weak, or the value itself, for a short local part, as the policy says', () => {
    const column = ['bob@x', '-@x', 'john@x', '', null];
    expect(email({ shortData: 'as-is' }).protect(column, undefined)).toMatchObject({
      column: ['bob@x', '-@x', expect.stringMatching(/^\w{4}@x$/), '', null],
      weakCount: 0,
    });
    expect(email({ shortData: 'weak-token' }).protect(column, undefined)).toMatchObject({
      column: [expect.stringMatching(/^(?!bob)\w{3}@x$/), '-@x', expect.anything(), '', null],
      weakCount: 1,
    });
    expect(email({ preserveLength: false, shortData: 'as-is' }).protect(column, undefined).weakCount).toBe(0);
  });

  test('is refused if its address is too long for protect', () => {
    const method = email({ preserveLength: false });
    const token = protectedBy(method, address(62, 10));
    expect(method.unprotect([token], undefined).column).toEqual([address(62, 10)]);
    const [local, domain] = token.split('@');
    const padded = `${local!.slice(0, 30)}...${local!.slice(30)}@${domain}`;
    expect(Buffer.byteLength(padded.split('@')[0]!)).toBe(66);
    expect(refusalOf(() => method.unprotect([token, padded], undefined))).toEqual({ code: 'EMAIL_INVALID', row: 1 });
  });

  test('is refused for other cells than text', () => {
    for (const cell of [1, true]) {
      expect(refusalOf(() => email().protect(['john@x', cell], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
    }
  });
});

describe('an e-mail token of an element that folds case', () => {
  const fold = { letterCase: 'fold' } as const;

  test('is FF1 over digits and lower-case letters, of radix 36, in front of the lower-cased domain', () => {
    const SYMBOLS = '0123456789abcdefghijklmnopqrstuvwxyz';
    const numerals = encrypt(
      aes(keyOf('ff1')),
      36,
      Buffer.alloc(0),
      Array.from('annlee').map((letter) => SYMBOLS.indexOf(letter)),
    );
    const [a, b, c, d, e, f] = numerals.map((numeral) => SYMBOLS[numeral]);
    expect(protectedBy(email(fold), 'Ann.Lee@X.Example')).toBe(`${a}${b}${c}.${d}${e}${f}@x.example`);
  });

  test.each<[Kind]>([['preserving'], ['with short data'], ['with weak tokens'], ['not preserving']])(
    'is one for all spellings of the address, which comes back in lower case: %s',
    (kind) => {
      const method = email({ ...KINDS[kind], ...fold });
      for (const spellings of [
        ['ann.lee@x.example', 'Ann.Lee@x.example', 'ANN.LEE@X.EXAMPLE', 'ann.lee@X.Example'],
        ['jo’rg&m@münchen.de', 'JO’RG&M@MünCHEN.DE'],
      ]) {
        const tokens = method.protect(spellings, undefined).column.map(String);
        expect(new Set(tokens).size).toBe(1);
        expect(tokens[0]).not.toMatch(/[A-Z]/);
        const seen = [tokens[0]!, tokens[0]!.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())];
        expect(method.unprotect(seen, undefined).column).toEqual([spellings[0], spellings[0]]);
      }
    },
  );

  test('keeps the case of letters beyond ASCII', () => {
    const method = email(fold);
    expect(protectedBy(method, 'ABCD…@Ö\u212A.DE')).toMatch(/^[a-z0-9]{4}…@Ö\u212a\.de$/);
    // A token of an earlier release may hold letters before the @ that stayed clear.
    expect(method.unprotect(['abcdÖ\u212A@Ö.DE'], undefined).column).toEqual([
      expect.stringMatching(/^[a-z0-9]{4}Ö\u212a@Ö\.de$/),
    ]);
  });

  test('counts four symbols as the least, of which 36 make a million', () => {
    expect(refusalOf(() => email(fold).protect(['Anna@x', 'Ann@x'], undefined))).toEqual({
      code: 'EMAIL_INVALID',
      row: 1,
    });
    expect(protectedBy(email({ ...fold, preserveLength: false }), 'A@x')).toHaveLength('abcd@x'.length);
  });

  test('is lower-cased, where a short address stays clear', () => {
    expect(email({ ...fold, shortData: 'as-is' }).protect(['Bob@X', null, ''], undefined).column).toEqual([
      'bob@x',
      null,
      '',
    ]);
  });

  test('leaves the tokens of an element that says nothing as they were', () => {
    expect(protectedBy(email({ letterCase: 'keep' }), 'john.smith@example.com')).toBe(
      protectedBy(email(), 'john.smith@example.com'),
    );
    expect(protectedBy(email(), 'Ann.Lee@x')).not.toBe(protectedBy(email(), 'ann.lee@x'));
  });
});

test('committed tokens are written and read unchanged', () => {
  const { groups } = readTokens('email');
  expect(groups.flatMap(({ pairs }) => pairs).length).toBeGreaterThanOrEqual(12);
  expect(reproduce('email')).toEqual(groups);
});

import { describe, expect, test } from '@jest/globals';
import type { Cell } from '../../../../lib/base/cell.ts';
import { compileInteger } from '../../../../lib/protect/methods/number/integer.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import { tweakOf } from '../../../../lib/protect/tweak.ts';
import * as reference from '../../../support/ff1-reference.ts';
import { elementOf, fixedKey, fixedKeyContext, readTokens, refusalOf, roundTrip } from '../../../support/fixed-key.ts';

type Size = 2 | 4 | 8;
const SIZES: readonly Size[] = [2, 4, 8];
const NONE = new Uint8Array(0);

const integer = (size: Size, options: object = {}, elementId?: string): Method =>
  compileInteger(elementOf('integer', { size, ...options }), fixedKeyContext(elementId));

const limit = (size: Size): bigint => 2n ** BigInt(8 * size - 1);

/** Both ends, both sides of zero, and both sides of every power of two and ten. */
function edges(size: Size): string[] {
  const found = new Set<bigint>([0n, -limit(size), limit(size) - 1n]);
  for (let power = 1n; power < limit(size); power *= 2n) for (const d of [-1n, 0n, 1n]) found.add(power + d);
  for (let power = 1n; power < limit(size); power *= 10n) for (const d of [-1n, 0n, 1n]) found.add(power + d);
  return [...found]
    .flatMap((value) => [value, -value])
    .filter((value) => value < limit(size))
    .map(String);
}

/** x + 2^(bits−1) as bytes through FF1, and back, with BigInt. */
function referenceToken(value: string, size: Size, tweak: Uint8Array): string {
  const biased = (BigInt(value) + limit(size)).toString(16).padStart(2 * size, '0');
  const bytes = reference.encrypt(reference.aes(fixedKey()), 256, tweak, [...Buffer.from(biased, 'hex')]);
  return String(BigInt(`0x${Buffer.from(bytes).toString('hex')}`) - limit(size));
}

describe.each(SIZES)('an integer of %d bytes', (size) => {
  const method = integer(size);

  test('comes back exactly from both ends and around every power of two and ten', () => {
    const column = edges(size);
    const { tokens, values } = roundTrip(method, column);
    expect(values).toEqual(column);
    const beyond = tokens.filter(
      (token) => BigInt(token as string) < -limit(size) || BigInt(token as string) >= limit(size),
    );
    expect(beyond).toEqual([]);
    expect(new Set(tokens).size).toBe(new Set(column).size);
  });

  test('is FF1 over its biased big-endian bytes', () => {
    const column = edges(size).slice(0, 40);
    expect(method.protect(column, undefined).column).toEqual(column.map((value) => referenceToken(value, size, NONE)));
    const tweak = tweakOf(NONE, NONE, Buffer.from('iv'));
    expect(method.protect(column, 'iv').column).toEqual(column.map((value) => referenceToken(value, size, tweak)));
  });

  test.each([
    '\0',
    '-',
    '+1',
    '-0',
    '00',
    '01',
    '-01',
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '0x1',
    'abc',
    '1,000',
    '１',
    '--1',
    '/',
    ':',
  ])('refuses %j', (text) => {
    const column = [null, text];
    expect(refusalOf(() => method.protect(column, undefined))).toEqual({ code: 'INTEGER_INVALID', row: 1 });
    expect(refusalOf(() => method.unprotect(column, undefined))).toEqual({ code: 'INTEGER_INVALID', row: 1 });
  });

  test.each([limit(size), -limit(size) - 1n, 10n ** 19n, -(10n ** 19n), 10n ** 40n])(
    'refuses %s as out of range',
    (n) => {
      const expected = { code: `INTEGER_${size}_RANGE`, row: 2 };
      expect(refusalOf(() => method.protect(['1', '', String(n)], undefined))).toEqual(expected);
      expect(refusalOf(() => method.unprotect(['1', '', String(n)], undefined))).toEqual(expected);
    },
  );

  test('leaves NULL and the empty string, and refuses a boolean', () => {
    expect(method.protect([null, '', null], undefined)).toEqual({
      column: [null, '', null],
      weakCount: 0,
      clearCount: 0,
    });
    expect(method.protect([], undefined)).toEqual({ column: [], weakCount: 0, clearCount: 0 });
    expect(refusalOf(() => method.protect(['1', true], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
  });

  test('has another token for another element and another IV; an empty IV is none', () => {
    const column = ['1', '2', '3'];
    const tokens = method.protect(column, undefined).column;
    const other = integer(size, {}, '00000000-0000-4000-8000-0000000000ff');
    expect(other.protect(column, undefined).column).not.toEqual(tokens);
    expect(method.protect(column, 'a').column).not.toEqual(tokens);
    expect(method.protect(column, 'a').column).not.toEqual(method.protect(column, 'b').column);
    expect(method.protect(column, '').column).toEqual(tokens);
  });

  test('takes an IV of up to 256 bytes, and none if the element forbids it', () => {
    expect(roundTrip(method, ['7'], 'x'.repeat(256)).values).toEqual(['7']);
    expect(refusalOf(() => method.protect(['7'], 'x'.repeat(257))).code).toBe('IV_TOO_LONG');
    expect(refusalOf(() => integer(size, { externalIV: false }).protect(['7'], 'x')).code).toBe('IV_NOT_ALLOWED');
    expect(integer(size, { externalIV: false }).protect(['7'], '').column).toEqual(method.protect(['7'], '').column);
  });
});

test('every 2-byte integer has its own token', () => {
  const column = Array.from({ length: 65_536 }, (_, i) => String(i - 32_768));
  const { tokens, values } = roundTrip(integer(2), column);
  expect(values).toEqual(column);
  expect(new Set(tokens).size).toBe(65_536);
});

test.each<[Size, number]>([
  [2, 3],
  [4, 0],
  [8, 0],
])('a column of 3 values of %d bytes has %d weak ones', (size, weakCount) => {
  const { column } = integer(size).protect(['1', null, '', '2', '3'], undefined);
  expect(integer(size).protect(['1', null, '', '2', '3'], undefined).weakCount).toBe(weakCount);
  expect(integer(size).unprotect(column, undefined).weakCount).toBe(weakCount);
});

describe('a number cell', () => {
  test.each<Size>([2, 4])('of %d bytes stays a number, beside text, with the same token', (size) => {
    const column: Cell[] = [-5, '-5', null, '', Number(limit(size) - 1n), Number(-limit(size)), 0];
    const { tokens, values } = roundTrip(integer(size), column);
    expect(values).toEqual(column);
    expect(tokens.map((token) => typeof token)).toEqual(column.map((value) => typeof value));
    expect(String(tokens[0])).toBe(tokens[1]);
  });

  test.each<[number, string]>([
    [1.5, 'INTEGER_INVALID'],
    [-0, 'INTEGER_INVALID'],
    [Number.NaN, 'INTEGER_INVALID'],
    [Number.POSITIVE_INFINITY, 'INTEGER_INVALID'],
    [1e-7, 'INTEGER_INVALID'],
    [1e21, 'INTEGER_4_RANGE'],
    [2 ** 31, 'INTEGER_4_RANGE'],
    [-(2 ** 31) - 1, 'INTEGER_4_RANGE'],
  ])('of %d is refused', (cell, code) => {
    expect(refusalOf(() => integer(4).protect([cell], undefined))).toEqual({ code, row: 0 });
  });

  test('of 8 bytes is refused both ways, even if its token fits a double', () => {
    const column = Array.from({ length: 5000 }, (_, i) => String(i));
    const { tokens } = roundTrip(integer(8), column);
    const fits = tokens.findIndex((token) => Number.isSafeInteger(Number(token)));
    expect(fits).toBeGreaterThan(0);
    const expected = { code: 'NUMBER_UNFIT', row: 1 };
    expect(refusalOf(() => integer(8).protect(['1', fits], undefined))).toEqual(expected);
    expect(refusalOf(() => integer(8).unprotect(['1', Number(tokens[fits])], undefined))).toEqual(expected);
  });
});

const { elementId, sets } = readTokens('integer');
test.each(sets)('committed tokens with $options and IV $externalIv are written and read unchanged', (set) => {
  const element = elementOf('integer', { id: elementId, ...set.options });
  const method = compileInteger(element, fixedKeyContext(elementId));
  const [values, tokens] = [set.pairs.map(([value]) => value), set.pairs.map(([, token]) => token)];
  expect(method.protect(values, set.externalIv).column).toEqual(tokens);
  expect(method.unprotect(tokens, set.externalIv).column).toEqual(values);
});

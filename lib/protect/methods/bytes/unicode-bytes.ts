import { isUtf8 } from 'node:buffer';
import { minimumLength } from '../../../crypto/ff1-domain.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import type { Column } from '../../../base/cell.ts';
import { atLeast, RefusedError, refuseValue } from '../../refusal.ts';
import { ivBytes, sharedTweak } from '../../tweak.ts';
import { numeralCount, readBytes, writeNumerals } from './byte-numerals.ts';
import { type ColumnBytes, cutLatin1, cutUtf8, joinUtf8 } from '../../columns/column-bytes.ts';
import { runFf1 } from './ff1-strings.ts';
import { elementFf1 } from '../element-ciphers.ts';
import type { ColumnResult, Method, MethodContext } from '../method.ts';

const MAX_BYTES = 4096;

/**
 * The letters of a token: one ASCII code each, ascending, and the numeral of each byte, −1 for a byte that is no
 * letter.
 */
interface Letters {
  readonly radix: number;
  readonly codes: Uint8Array;
  readonly numerals: Int8Array;
  /** The least length of a token: a domain of a million. */
  readonly minLength: number;
}

const ALPHA_NUMERIC = letters('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const BASE_64 = letters('+/0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

/**
 * Compiles an element for text of any script, 1 to 4,096 UTF-8 bytes. A token has ASCII letters and digits
 * (`unicode-bytes`, radix 62), or those and `+ / =` (`unicode-base64`, radix 65). FF1 runs on the number 01 ‖ bytes, in
 * the least number of numerals that always suffices, at least 4: a token has 4 letters for 1 or 2 bytes and about 4 for
 * every 3. The external IV is the tweak.
 *
 * Throws `RefusedError`: `IV_NOT_ALLOWED`, `IV_TOO_LONG`, `WRONG_DATATYPE`, `UNICODE_INVALID` for a lone surrogate,
 * `INPUT_TOO_LONG`; on unprotect `INPUT_TOO_SHORT`, `INPUT_TOO_LONG`, and `CONTENT_INVALID` for a text that is not a
 * token of this element: always for a wrong letter or a length that no value gives, otherwise if the 01 or the UTF-8 is
 * wrong.
 */
export function compileUnicodeBytes(
  element: ElementOf<'unicode-bytes' | 'unicode-base64'>,
  context: MethodContext,
): Method {
  const alphabet = element.type === 'unicode-bytes' ? ALPHA_NUMERIC : BASE_64;
  const ff1 = elementFf1(context);
  const { meter } = context;
  const tweakOf = (externalIv: string | undefined) => {
    const iv = ivBytes(externalIv, element.externalIV);
    const tweaks = sharedTweak(iv);
    return { tweaks, tweakLength: tweaks.length };
  };
  return {
    protect(column, externalIv) {
      const tweak = tweakOf(externalIv);
      const texts = joinUtf8(column, MAX_BYTES);
      const strings = { ...toNumerals(texts, alphabet), ...tweak };
      runFf1(ff1, 'encrypt', strings, meter);
      return writeTokens(column, texts.rows, strings, alphabet);
    },
    unprotect(column, externalIv) {
      const tweak = tweakOf(externalIv);
      const tokens = joinUtf8(column, tokenLength(alphabet, MAX_BYTES));
      const strings = { radix: alphabet.radix, numerals: readTokens(tokens, alphabet), ends: tokens.ends, ...tweak };
      runFf1(ff1, 'decrypt', strings, meter);
      return { column: cutUtf8(column, toTexts(tokens.rows, strings, alphabet)), weakCount: 0, clearCount: 0 };
    },
  };
}

function letters(text: string): Letters {
  const codes = Buffer.from(text);
  const numerals = new Int8Array(256).fill(-1);
  codes.forEach((code, numeral) => {
    numerals[code] = numeral;
  });
  return { radix: codes.length, codes, numerals, minLength: minimumLength(codes.length) };
}

function tokenLength({ radix, minLength }: Letters, bytes: number): number {
  return Math.max(minLength, numeralCount(radix, bytes));
}

interface Numerals {
  readonly radix: number;
  readonly numerals: Uint16Array;
  readonly ends: Uint32Array;
}

function toNumerals(texts: ColumnBytes, alphabet: Letters): Numerals {
  const ends = new Uint32Array(texts.ends.length);
  for (let i = 0, from = 0, end = 0; i < ends.length; i++) {
    end += tokenLength(alphabet, texts.ends[i]! - from);
    ends[i] = end;
    from = texts.ends[i]!;
  }
  const { radix } = alphabet;
  const numerals = new Uint16Array(ends.at(-1) ?? 0);
  for (let i = 0, from = 0, start = 0; i < ends.length; i++) {
    writeNumerals(radix, texts.bytes, from, texts.ends[i]!, numerals, start, ends[i]!);
    from = texts.ends[i]!;
    start = ends[i]!;
  }
  return { radix, numerals, ends };
}

function writeTokens(column: Column, rows: Uint32Array, strings: Numerals, { codes }: Letters): ColumnResult {
  const bytes = new Uint8Array(strings.numerals.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = codes[strings.numerals[i]!]!;
  return { column: cutLatin1(column, { bytes, ends: strings.ends, rows }), weakCount: 0, clearCount: 0 };
}

/** Reads the numerals of the tokens' letters. Throws `RefusedError` for a short token or a wrong letter. */
function readTokens({ bytes, ends, rows }: ColumnBytes, { numerals: table, minLength }: Letters): Uint16Array {
  const numerals = new Uint16Array(bytes.length);
  for (let i = 0, from = 0; i < ends.length; i++) {
    if (ends[i]! - from < minLength) {
      throw new RefusedError('INPUT_TOO_SHORT', { row: rows[i]!, limit: atLeast(minLength, 'character') });
    }
    let seen = 0;
    for (; from < ends[i]!; from++) {
      const numeral = table[bytes[from]!]!;
      seen |= numeral;
      numerals[from] = numeral;
    }
    if (seen < 0) throw new RefusedError('CONTENT_INVALID', { row: rows[i]! });
  }
  return numerals;
}

/** Reads the bytes of each text. Throws `RefusedError` if they are not UTF-8 or have another token length. */
function toTexts(rows: Uint32Array, { radix, numerals, ends }: Numerals, alphabet: Letters): ColumnBytes {
  const bytes = new Uint8Array(numerals.length);
  const textEnds = new Uint32Array(ends.length);
  for (let i = 0, start = 0, at = 0; i < ends.length; i++) {
    const count = readBytes(radix, numerals, start, ends[i]!, bytes, at) ?? 0;
    const fits = count > 0 && tokenLength(alphabet, count) === ends[i]! - start;
    if (fits && isUtf8(bytes.subarray(at, at + count))) at += count;
    else refuseValue('CONTENT_INVALID', { row: rows[i]! });
    textEnds[i] = at;
    start = ends[i]!;
  }
  return { bytes: bytes.subarray(0, textEnds.at(-1) ?? 0), ends: textEnds, rows };
}

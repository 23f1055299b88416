import { minimumLength } from '../../../crypto/ff1-domain.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { atLeast, atMost, RefusedError } from '../../refusal.ts';
import { ivBytes, sharedTweak, tweakOf } from '../../tweak.ts';
import { type ColumnBytes, cutHex, joinHex } from '../../columns/column-bytes.ts';
import { type NumeralStrings, runFf1 } from './ff1-strings.ts';
import { elementFf1 } from '../element-ciphers.ts';
import type { Method, MethodContext } from '../method.ts';

const RADIX = 256;
/** The least number of bytes for FF1: a domain of a million. */
const MIN_NUMERALS = minimumLength(RADIX);
const MIN_BYTES = 3;
const MAX_BYTES = 4095;
/** Precedes the tokenized bytes, after zeros if the length needs them. */
const MARKER = 1;

type BinaryElement = ElementOf<'binary'>;

/**
 * Compiles a binary element: 3 to 4,095 bytes as hexadecimal text, upper or lower case in, lower case out. FF1 over
 * radix 256 runs on the bytes that are not in clear, after a marker that keeps leading zeros: one byte more, or two
 * more for a single byte. The clear bytes at either end and the external IV are the tweak.
 *
 * Throws `RefusedError`: `IV_NOT_ALLOWED`, `IV_TOO_LONG`, `WRONG_DATATYPE`, `BAD_HEX`, `INPUT_TOO_SHORT` (also if the
 * clear parts leave nothing), `INPUT_TOO_LONG`; on unprotect `CONTENT_INVALID` for bytes that are not a token of this
 * element, as far as the marker shows: 255 of 256 forgeries.
 */
export function compileBinary(element: BinaryElement, context: MethodContext): Method {
  const ff1 = elementFf1(context);
  const { meter } = context;
  const ivOf = (externalIv: string | undefined) => ivBytes(externalIv, element.externalIV);
  return {
    protect(column, externalIv) {
      const iv = ivOf(externalIv);
      const values = joinHex(column);
      const strings = { ...toNumerals(values, element), ...tweaksOf(values, element, iv) };
      runFf1(ff1, 'encrypt', strings, meter);
      return {
        column: cutHex(column, putBetween(values, element, strings.numerals, strings.ends)),
        weakCount: 0,
        clearCount: 0,
      };
    },
    unprotect(column, externalIv) {
      const iv = ivOf(externalIv);
      const tokens = joinHex(column);
      const strings = { ...tokenNumerals(tokens, element), ...tweaksOf(tokens, element, iv) };
      runFf1(ff1, 'decrypt', strings, meter);
      const { bytes, ends } = toBytes(tokens.rows, element, strings);
      return { column: cutHex(column, putBetween(tokens, element, bytes, ends)), weakCount: 0, clearCount: 0 };
    },
  };
}

type Numerals = Pick<NumeralStrings, 'radix' | 'numerals' | 'ends'>;

/** Writes zeros, marker and the bytes between the clear parts of each value. */
function toNumerals({ bytes, ends, rows }: ColumnBytes, { fromLeft, fromRight }: BinaryElement): Numerals {
  const numerals = new Uint16Array(bytes.length + 2 * ends.length);
  const numeralEnds = new Uint32Array(ends.length);
  for (let i = 0, from = 0, at = 0; i < ends.length; i++) {
    const size = ends[i]! - from;
    const tokenized = size - fromLeft - fromRight;
    if (size < MIN_BYTES || tokenized < 1) {
      const least = Math.max(MIN_BYTES, fromLeft + fromRight + 1);
      throw new RefusedError('INPUT_TOO_SHORT', { row: rows[i]!, limit: atLeast(least, 'byte') });
    }
    if (size > MAX_BYTES) throw new RefusedError('INPUT_TOO_LONG', { row: rows[i]!, limit: atMost(MAX_BYTES, 'byte') });
    at += numeralCount(tokenized) - tokenized;
    numerals[at - 1] = MARKER;
    const to = ends[i]! - fromRight;
    for (let b = from + fromLeft; b < to; b++) numerals[at++] = bytes[b]!;
    numeralEnds[i] = at;
    from = ends[i]!;
  }
  return { radix: RADIX, numerals: numerals.subarray(0, numeralEnds.at(-1) ?? 0), ends: numeralEnds };
}

function numeralCount(bytes: number): number {
  return Math.max(MIN_NUMERALS, bytes + 1);
}

/** Reads the bytes of each token between the clear parts. */
function tokenNumerals({ bytes, ends, rows }: ColumnBytes, { fromLeft, fromRight }: BinaryElement): Numerals {
  const beside = fromLeft + fromRight > 0;
  const numerals = new Uint16Array(bytes.length);
  const numeralEnds = new Uint32Array(ends.length);
  for (let i = 0, from = 0, at = 0; i < ends.length; i++) {
    const to = ends[i]! - fromRight;
    const size = to - fromLeft - from;
    if (size < MIN_NUMERALS) {
      throw new RefusedError('INPUT_TOO_SHORT', { row: rows[i]!, limit: atLeast(MIN_NUMERALS, 'byte', beside) });
    }
    if (size > numeralCount(MAX_BYTES)) {
      const limit = atMost(numeralCount(MAX_BYTES), 'byte', beside);
      throw new RefusedError('INPUT_TOO_LONG', { row: rows[i]!, limit });
    }
    for (let b = from + fromLeft; b < to; b++) numerals[at++] = bytes[b]!;
    numeralEnds[i] = at;
    from = ends[i]!;
  }
  return { radix: RADIX, numerals: numerals.subarray(0, numeralEnds.at(-1) ?? 0), ends: numeralEnds };
}

/** Reads the bytes behind each marker. Throws `RefusedError` if it does not stand where `toNumerals` puts it. */
function toBytes(
  rows: Uint32Array,
  { fromLeft, fromRight }: BinaryElement,
  { numerals, ends }: Numerals,
): { bytes: Uint16Array; ends: Uint32Array } {
  const bytes = new Uint16Array(numerals.length);
  const byteEnds = new Uint32Array(ends.length);
  for (let i = 0, from = 0, at = 0; i < ends.length; i++) {
    const length = ends[i]! - from;
    while (from < ends[i]! && numerals[from] === 0) from++;
    const tokenized = ends[i]! - from - 1;
    const size = fromLeft + tokenized + fromRight;
    const isToken =
      tokenized >= 1 &&
      numerals[from] === MARKER &&
      numeralCount(tokenized) === length &&
      size >= MIN_BYTES &&
      size <= MAX_BYTES;
    if (!isToken) throw new RefusedError('CONTENT_INVALID', { row: rows[i]! });
    for (from++; from < ends[i]!; from++) bytes[at++] = numerals[from]!;
    byteEnds[i] = at;
  }
  return { bytes, ends: byteEnds };
}

/** Puts new bytes between the clear parts of each string. */
function putBetween(
  { bytes, ends, rows }: ColumnBytes,
  { fromLeft, fromRight }: BinaryElement,
  between: Uint16Array,
  betweenEnds: Uint32Array,
): ColumnBytes {
  const out = new Uint8Array((betweenEnds.at(-1) ?? 0) + ends.length * (fromLeft + fromRight));
  const outEnds = new Uint32Array(ends.length);
  for (let i = 0, from = 0, b = 0, at = 0; i < ends.length; i++) {
    for (let c = 0; c < fromLeft; c++) out[at++] = bytes[from + c]!;
    while (b < betweenEnds[i]!) out[at++] = between[b++]!;
    for (let c = ends[i]! - fromRight; c < ends[i]!; c++) out[at++] = bytes[c]!;
    outEnds[i] = at;
    from = ends[i]!;
  }
  return { bytes: out, ends: outEnds, rows };
}

/** Makes one tweak for all values, or one for each if bytes stay clear. All have one length, as the clear parts do. */
function tweaksOf(
  { bytes, ends }: ColumnBytes,
  { fromLeft, fromRight }: BinaryElement,
  iv: Uint8Array,
): Pick<NumeralStrings, 'tweaks' | 'tweakLength'> {
  if (fromLeft === 0 && fromRight === 0) {
    const tweaks = sharedTweak(iv);
    return { tweaks, tweakLength: tweaks.length };
  }
  let tweaks = new Uint8Array(0);
  let tweakLength = 0;
  for (let i = 0, from = 0; i < ends.length; i++) {
    const left = bytes.subarray(from, from + fromLeft);
    const tweak = tweakOf(left, bytes.subarray(ends[i]! - fromRight, ends[i]), iv);
    if (i === 0) {
      tweakLength = tweak.length;
      tweaks = new Uint8Array(tweakLength * ends.length);
    }
    tweaks.set(tweak, i * tweakLength);
    from = ends[i]!;
  }
  return { tweaks, tweakLength };
}

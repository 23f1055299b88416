// The FF1 tweak of a value: everything that must be equal again to unprotect it, in an injective encoding.
//
// With nothing to bind, the tweak is empty. Otherwise, in UTF-8 with big-endian lengths,
// E = 01 ‖ u16(len left) ‖ left ‖ u16(len right) ‖ right ‖ u16(len iv) ‖ iv.
// The tweak is E up to 40 bytes, else 02 ‖ SHA-256(E).

import { createHash } from 'node:crypto';
import { RefusedError } from './refusal.ts';

export const MAX_TWEAK = 40;
const MAX_IV_BYTES = 256;
const NONE = new Uint8Array(0);

/**
 * Returns the UTF-8 bytes of an external IV, none for an absent or empty one. Throws `RefusedError`: `IV_TOO_LONG`
 * beyond 256 bytes, `IV_NOT_ALLOWED` if the element takes no IV.
 */
export function ivBytes(externalIv: string | undefined, allowed = true): Uint8Array {
  if (externalIv === undefined || externalIv === '') return NONE;
  const bytes = Buffer.from(externalIv);
  if (bytes.length > MAX_IV_BYTES) throw new RefusedError('IV_TOO_LONG');
  if (!allowed) throw new RefusedError('IV_NOT_ALLOWED');
  return bytes;
}

/** Returns the tweak of values without clear parts. */
export function sharedTweak(iv: Uint8Array): Uint8Array {
  return iv.length === 0 ? NONE : tweakOf(NONE, NONE, iv);
}

/** Returns the tweak, at most 40 bytes, of a value with these clear parts and this IV, all in UTF-8. */
export function tweakOf(left: Uint8Array, right: Uint8Array, iv: Uint8Array): Uint8Array {
  const encoded = Buffer.allocUnsafe(7 + left.length + right.length + iv.length);
  encoded[0] = 1;
  let at = 1;
  for (const part of [left, right, iv]) {
    at = encoded.writeUInt16BE(part.length, at);
    encoded.set(part, at);
    at += part.length;
  }
  if (encoded.length <= MAX_TWEAK) return encoded;
  return Buffer.concat([Buffer.of(2), createHash('sha256').update(encoded).digest()]);
}

/**
 * Writes the tweak of a value to `out[at …]`, which has room for 40 bytes, and returns its length. The clear parts are
 * the UTF-16 units `units[rowFrom … from]` and `units[to … rowTo]`. ASCII parts, the usual case, are copied unit by
 * unit.
 */
export function writeTweak(
  out: Uint8Array,
  at: number,
  units: Uint16Array,
  rowFrom: number,
  from: number,
  to: number,
  rowTo: number,
  iv: Uint8Array,
): number {
  const left = from - rowFrom;
  const right = rowTo - to;
  const length = 7 + left + right + iv.length;
  if (
    length > MAX_TWEAK ||
    !copyAscii(units, rowFrom, from, out, at + 3) ||
    !copyAscii(units, to, rowTo, out, at + 5 + left)
  ) {
    const tweak = tweakOf(utf8(units, rowFrom, from), utf8(units, to, rowTo), iv);
    out.set(tweak, at);
    return tweak.length;
  }
  out[at] = 1;
  out[at + 1] = 0;
  out[at + 2] = left;
  out[at + 3 + left] = 0;
  out[at + 4 + left] = right;
  out[at + 5 + left + right] = 0;
  out[at + 6 + left + right] = iv.length;
  out.set(iv, at + 7 + left + right);
  return length;
}

/** Copies the units and tells whether all of them are ASCII, so that the copy is their UTF-8. */
function copyAscii(units: Uint16Array, from: number, to: number, out: Uint8Array, at: number): boolean {
  let seen = 0;
  for (let i = from, o = at; i < to; i++, o++) {
    const unit = units[i]!;
    seen |= unit;
    out[o] = unit;
  }
  return seen < 128;
}

function utf8(units: Uint16Array, from: number, to: number): Uint8Array {
  return Buffer.from(String.fromCharCode(...units.subarray(from, to)));
}

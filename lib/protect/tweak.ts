// The FF1 tweak of a value: whatever must be the same again to unprotect it, encoded so that no two cases meet.
//
// Nothing to bind: the empty tweak. Otherwise E = 01 ‖ u16(len left) ‖ left ‖ u16(len right) ‖ right ‖ u16(len iv) ‖ iv,
// UTF-8 with big-endian lengths; the tweak is E up to 40 bytes, else 02 ‖ SHA-256(E).

import { createHash } from 'node:crypto';
import { RefusedError } from './refusal.ts';

export const MAX_TWEAK = 40;
const MAX_IV_BYTES = 256;
const NONE = new Uint8Array(0);

/** UTF-8 bytes of an external IV; none for an absent or empty one. Throws `RefusedError` `IV_TOO_LONG` beyond 256 bytes. */
export function ivBytes(externalIv: string | undefined): Uint8Array {
  if (externalIv === undefined || externalIv === '') return NONE;
  const bytes = Buffer.from(externalIv);
  if (bytes.length > MAX_IV_BYTES) throw new RefusedError('IV_TOO_LONG');
  return bytes;
}

/** The tweak of a value with these clear parts and this IV; at most 40 bytes. */
export function tweakOf(left: string, right: string, iv: Uint8Array): Uint8Array {
  if (left === '' && right === '' && iv.length === 0) return NONE;
  const leftBytes = Buffer.byteLength(left);
  const rightBytes = Buffer.byteLength(right);
  const encoded = Buffer.allocUnsafe(7 + leftBytes + rightBytes + iv.length);
  encoded[0] = 1;
  let at = encoded.writeUInt16BE(leftBytes, 1);
  at += encoded.write(left, at);
  at = encoded.writeUInt16BE(rightBytes, at);
  at += encoded.write(right, at);
  at = encoded.writeUInt16BE(iv.length, at);
  encoded.set(iv, at);
  if (encoded.length <= MAX_TWEAK) return encoded;
  return Buffer.concat([Buffer.of(2), createHash('sha256').update(encoded).digest()]);
}

// Key derivation: HKDF with SHA-256 (RFC 5869) and an unambiguous info field.

import { hkdfSync } from 'node:crypto';
import { Secret } from '../base/secret.ts';

const PRODUCT = 'serverless-protector/1';

/**
 * Derives a key of `bytes` bytes (at most 8,160) for one purpose. HKDF's `info` is the product's name, then each field
 * as a 2-byte big-endian length and its UTF-8 bytes: no two lists of fields give the same `info`. Throws `RangeError`
 * if `info` has more than 1,024 bytes, Node's limit. `root` stays the caller's to destroy.
 */
export function deriveKey(root: Secret, salt: Uint8Array, fields: readonly string[], bytes: number): Secret {
  const info = Buffer.concat([Buffer.from(PRODUCT), ...fields.map(lengthPrefixed)]);
  return new Secret(new Uint8Array(hkdfSync('sha256', root.expose(), salt, info, bytes)));
}

function lengthPrefixed(field: string): Buffer {
  const text = Buffer.from(field);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}

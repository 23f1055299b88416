// Key derivation: HKDF with SHA-256 (RFC 5869), with an unambiguous info field.

import { hkdfSync } from 'node:crypto';
import { Secret } from '../base/secret.ts';

const PRODUCT = 'serverless-protector/1';

/**
 * A key of `bytes` bytes for one purpose. `info` is the product's name followed by each field as a 2-byte big-endian length
 * and its UTF-8 bytes, so that no two lists of fields give the same info.
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

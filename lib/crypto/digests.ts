// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) by Node. Bundlers for browsers take digests-web.ts instead, because
// `browser` in package.json says so.
import { createHmac, createSecretKey, hash } from 'node:crypto';

/** Hashes bytes, or the UTF-8 of a text. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** Returns a function that gives the MAC of a text in lower-case hexadecimal digits. Copies the key. */
export function hmacSha256(key: Uint8Array): (text: string) => string {
  // A KeyObject: with raw bytes Node would prepare the key for every text, at ten times the cost.
  const handle = createSecretKey(key);
  return (text) => createHmac('sha256', handle).update(text, 'utf8').digest('hex');
}

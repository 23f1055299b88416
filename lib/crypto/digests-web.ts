// digests.ts for browsers, in JavaScript: Web Crypto hashes asynchronously, which costs more than it saves for short
// inputs. On Node this takes seven times as long for a record.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hash } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../base/bytes.ts';

export function sha256(data: Uint8Array | string): Uint8Array {
  return hash(typeof data === 'string' ? utf8(data) : data);
}

export function hmacSha256(key: Uint8Array): (text: string) => string {
  const own = Uint8Array.from(key);
  return (text) => toHex(hmac(hash, own, utf8(text)));
}

// Keys that applications call the gateway with: `Authorization: cmk <key>`. Only SHA-256 digests of them are kept.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Tenants } from './model.ts';

/** What a key must hold at least: 256 bits, which nobody guesses, so that a plain digest of it tells nothing. */
export const API_KEY_BYTES = 32;
/** Different bytes in 32 random ones: some 30, and in ages not fewer than this. */
const LEAST_DIFFERENT = 16;

/**
 * Whether `presented` is one of the API keys. Its digest is compared with every key's in constant time, without stopping at one
 * that is equal: how long it takes says nothing of which key was near, or of how many there are before it.
 */
export function isApiKey({ apiKeys }: Pick<Tenants, 'apiKeys'>, presented: string): boolean {
  const digest = apiKeyDigest(presented);
  let found = false;
  for (const key of apiKeys) {
    const equal = key.digest.length === digest.length && timingSafeEqual(key.digest, digest);
    found = equal || found;
  }
  return found;
}

/** SHA-256 of the UTF-8 text. */
export function apiKeyDigest(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** An API key of 32 random bytes: base64, 44 characters, as one public client (Alloy) takes no other. */
export function apiKeyOf(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(API_KEY_BYTES)).toString('base64');
}

/**
 * Whether a text can be 32 random bytes or more, written in hexadecimal, base64 or base64url. Passwords and repeated patterns
 * are not; whether the bytes were really drawn at random, nobody can see.
 */
export function isStrongApiKey(text: string): boolean {
  const bytes = decoded(text);
  return bytes !== undefined && bytes.length >= API_KEY_BYTES && new Set(bytes).size >= LEAST_DIFFERENT;
}

function decoded(text: string): Buffer | undefined {
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return Buffer.from(text, 'base64');
  return /^[A-Za-z0-9_-]+$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
}

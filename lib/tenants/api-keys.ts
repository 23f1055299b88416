// Keys with which applications call the gateway: `Authorization: cmk <key>`. Only their SHA-256 digests are stored.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Tenants } from './model.ts';

/** The least length of a key: 256 bits cannot be guessed, so an unsalted digest reveals nothing. */
export const API_KEY_BYTES = 32;
/** Of 32 random bytes about 30 differ; fewer than this is practically impossible. */
const LEAST_DIFFERENT = 16;

/**
 * Says whether `presented` is one of the API keys. Compares its digest with that of every key in constant time and does
 * not stop at a match, so the duration tells neither how close a guess is nor which key matched.
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

/** Returns the SHA-256 of the UTF-8 text. */
export function apiKeyDigest(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** Makes an API key of 32 random bytes in base64, 44 characters: one public client (Alloy) accepts no other form. */
export function apiKeyOf(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(API_KEY_BYTES)).toString('base64');
}

/**
 * Says whether a text can be 32 or more random bytes in hexadecimal, base64 or base64url. Rejects passwords and
 * repeated patterns; cannot tell whether the bytes are really random.
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

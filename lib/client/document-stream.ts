// The same format piece by piece, for fields that do not fit into memory.
import type { DecipherGCM } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import {
  checkHeader,
  decryption,
  encryption,
  FIXED_BYTES,
  headEnd,
  IV_BYTES,
  notDecrypted,
  notEncrypted,
  TAG_BYTES,
} from './document.ts';

export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Encrypts a field piece by piece. Wipes the key at the end, also after a failure. */
export async function* encryptPieces(dek: Secret, tenantId: string, plaintext: Pieces): AsyncGenerator<Uint8Array> {
  using key = dek;
  const { head, cipher } = encryption(key, tenantId);
  yield head;
  for await (const piece of plaintext) yield cipher.update(piece);
  cipher.final();
  yield cipher.getAuthTag();
}

/**
 * Decrypts a field piece by piece. Yields plaintext before its tag is verified, as every stream of GCM does: do not act
 * on it before the end. Throws what `decryptField` throws, at the end if bytes were altered. Wipes the key at the end,
 * also after a failure.
 */
export async function* decryptPieces(dek: Secret, encrypted: Pieces): AsyncGenerator<Uint8Array> {
  using key = dek;
  let decipher: DecipherGCM | undefined;
  let held: Uint8Array = Buffer.alloc(0);
  for await (const piece of encrypted) {
    held = Buffer.concat([held, piece]);
    if (decipher === undefined) {
      const bodyAt = held.length > FIXED_BYTES ? endOfHead(held) : Number.POSITIVE_INFINITY;
      if (held.length < bodyAt + IV_BYTES) continue;
      checkHeader(key, held.subarray(FIXED_BYTES, bodyAt));
      decipher = decryption(key, held.subarray(bodyAt, bodyAt + IV_BYTES));
      held = held.subarray(bodyAt + IV_BYTES);
    }
    // The last 16 bytes may be the tag.
    const textEnd = Math.max(0, held.length - TAG_BYTES);
    if (textEnd > 0) yield decipher.update(held.subarray(0, textEnd));
    held = held.subarray(textEnd);
  }
  if (decipher === undefined || held.length < TAG_BYTES) throw notEncrypted();
  decipher.setAuthTag(held);
  finish(decipher);
}

function endOfHead(bytes: Uint8Array): number {
  const end = headEnd(bytes);
  if (end === undefined) throw notEncrypted();
  return end;
}

function finish(decipher: DecipherGCM): void {
  try {
    decipher.final();
  } catch {
    throw notDecrypted();
  }
}

// RFC 6962 §2.1: SHA-256 with a prefix byte that separates leaves from nodes.
import { concat } from '../base/bytes.ts';
import { sha256 } from '../crypto/digests.ts';

export { sameBytes } from '../base/bytes.ts';
export { sha256 } from '../crypto/digests.ts';

export const HASH_BYTES = 32;

const LEAF_PREFIX = Uint8Array.of(0);

/** The root of the empty tree: the hash of the empty string. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** Returns SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concat([LEAF_PREFIX, entry]));
}

/** Returns SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** Bytes of the node being hashed: allocating one each time takes as long as hashing. */
const pair = new Uint8Array(1 + 2 * HASH_BYTES);
pair[0] = 1;

/** Returns the `i`-th of concatenated hashes; a view, not a copy. */
export function hashAt(hashes: Uint8Array, i: number): Uint8Array {
  return hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
}

/** Returns the root of a full subtree over 2^k concatenated hashes. */
export function subtreeRoot(hashes: Uint8Array): Uint8Array {
  let row = Array.from({ length: hashes.length / HASH_BYTES }, (_, i) => hashAt(hashes, i));
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  }
  return Uint8Array.from(row[0]!);
}

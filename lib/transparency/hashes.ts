// RFC 6962 §2.1: SHA-256 with a prefix byte that separates leaves from nodes.
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

const LEAF_PREFIX = Uint8Array.of(0);

/** The root of the empty tree: the hash of the empty string. */
export const EMPTY_ROOT: Buffer = sha256(new Uint8Array(0));

/** Returns SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF_PREFIX, entry]));
}

/** Returns SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** Buffer for the node being hashed: allocating one each time takes as long as hashing. */
const pair = new Uint8Array(1 + 2 * HASH_BYTES);
pair[0] = 1;

export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Returns the `i`-th of concatenated hashes; a view, not a copy. */
export function hashAt(hashes: Uint8Array, i: number): Uint8Array {
  return hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
}

/** Returns the root of a full subtree over 2^k concatenated hashes. */
export function subtreeRoot(hashes: Uint8Array): Buffer {
  let row = Array.from({ length: hashes.length / HASH_BYTES }, (_, i) => hashAt(hashes, i));
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  }
  return Buffer.from(row[0]!);
}

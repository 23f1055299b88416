// Inclusion and consistency proofs: RFC 6962 §2.1.1 and §2.1.2, verified as in RFC 9162 §2.1.3.2 and §2.1.4.2.
import { EMPTY_ROOT, nodeHash, sameBytes } from './hashes.ts';

/** The leaves from `begin` to `end` (exclusive) that one hash of a proof covers. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Returns the ranges whose hashes prove that leaf `index` is in the tree of `size` leaves, from its sibling up. */
export function inclusionPath(index: number, size: number): readonly Range[] {
  return path(index, { begin: 0, end: size });
}

/**
 * Returns the ranges whose hashes prove that the tree of `from` leaves is a prefix of that of `size`; 0 < `from` ≤
 * `size`.
 */
export function consistencyPath(from: number, size: number): readonly Range[] {
  return subproof(from, { begin: 0, end: size }, true);
}

/** Computes the root from a leaf and its inclusion proof; undefined when the proof has the wrong length. */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index >= size || proof.length !== inclusionPath(index, size).length) return undefined;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return hash;
}

/** The tree in a checkpoint. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Verifies that the older tree is a prefix of the newer one. */
export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && sameBytes(older.root, EMPTY_ROOT);
  if (proof.length !== consistencyPath(older.size, newer.size).length) return false;
  const hashes = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof;
  let [node, last] = [older.size - 1, newer.size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [first, second] = [hashes[0]!, hashes[0]!];
  for (const sibling of hashes.slice(1)) {
    if (node % 2 === 1 || node === last) {
      [first, second] = [nodeHash(sibling, first), nodeHash(sibling, second)];
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      second = nodeHash(second, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameBytes(first, older.root) && sameBytes(second, newer.root);
}

/** Returns the largest power of two below `n` (at least 2): the number of leaves of the left subtree. */
export function split(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function path(index: number, { begin, end }: Range): readonly Range[] {
  if (end - begin === 1) return [];
  const middle = begin + split(end - begin);
  return index < middle
    ? [...path(index, { begin, end: middle }), { begin: middle, end }]
    : [...path(index, { begin: middle, end }), { begin, end: middle }];
}

/** SUBPROOF(m, D[n], b); `whole` is b: the verifier already knows the root of the old tree over this range. */
function subproof(from: number, { begin, end }: Range, whole: boolean): readonly Range[] {
  if (from === end) return whole ? [] : [{ begin, end }];
  const middle = begin + split(end - begin);
  return from <= middle
    ? [...subproof(from, { begin, end: middle }, whole), { begin: middle, end }]
    : [...subproof(from, { begin: middle, end }, false), { begin, end: middle }];
}

const half = (n: number): number => Math.floor(n / 2);

function isPowerOfTwo(n: number): boolean {
  return n === 1 || split(n) * 2 === n;
}

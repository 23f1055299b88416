// RFC 6962 §2.1: computes the root of a growing tree from the roots of its full subtrees.
import { EMPTY_ROOT, nodeHash } from './hashes.ts';

/**
 * The state needed to append to a tree and to compute its root at every size: one hash per binary digit 1 of the size,
 * largest subtree first. Memory is logarithmic; an append costs one node hash on average.
 */
export class Frontier {
  readonly #roots: Uint8Array[] = [];
  #size = 0;

  /** Number of leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends the full subtree of 2^`height` leaves with this root. The size must be a multiple of 2^`height`. */
  append(root: Uint8Array, height = 0): void {
    const leaves = 2 ** height;
    let node = root;
    for (let count = this.#size / leaves; count % 2 === 1; count = (count - 1) / 2) {
      node = nodeHash(this.#roots.pop()!, node);
    }
    this.#roots.push(node);
    this.#size += leaves;
  }

  /** Returns the Merkle tree hash of all appended leaves. */
  root(): Uint8Array {
    return (
      this.#roots.reduceRight<Uint8Array | undefined>(
        (right, left) => (right === undefined ? left : nodeHash(left, right)),
        undefined,
      ) ?? EMPTY_ROOT
    );
  }
}

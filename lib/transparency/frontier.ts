// RFC 6962 §2.1: the root of a growing tree, from the roots of its full subtrees alone.
import { EMPTY_ROOT, nodeHash } from './hashes.ts';

/**
 * What has to be remembered of a tree to append to it and to know its root at every size: one hash per binary digit 1 of the
 * size, largest subtree first. Memory is logarithmic, an append costs one node hash on average.
 */
export class Frontier {
  readonly #roots: Uint8Array[] = [];
  #size = 0;

  /** Leaves so far. */
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

  /** The Merkle tree hash of everything appended. */
  root(): Uint8Array {
    return (
      this.#roots.reduceRight<Uint8Array | undefined>(
        (right, left) => (right === undefined ? left : nodeHash(left, right)),
        undefined,
      ) ?? EMPTY_ROOT
    );
  }
}

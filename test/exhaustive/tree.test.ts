// The Merkle tree where it has more than one level of tiles.
import { describe, expect, test } from '@jest/globals';
import { EMPTY_TREE, grow } from '../../lib/transparency/growth.ts';
import { EMPTY_ROOT, leafHash } from '../../lib/transparency/hashes.ts';
import { isConsistent, rootOfInclusion } from '../../lib/transparency/proofs.ts';
import { TileHashes } from '../../lib/transparency/tile-hashes.ts';
import { entries, entry, frontierRoot, grown, hex } from '../support/grown-tree.ts';

/** Sizes around what two levels of tiles hold. */
const SIZES = [65_536, 65_793];

describe('the tree of RFC 6962', () => {
  test.each(SIZES)(
    'of %i leaves is the same whether grown at once, in two parts, or read from its tiles',
    async (count) => {
      const root = hex(frontierRoot(count));
      expect(hex(grow(EMPTY_TREE, entries(count)).tree.root)).toBe(root);
      const { tree: whole, store } = await grown([Math.floor(count / 3), count - Math.floor(count / 3)]);
      expect(hex(whole.root)).toBe(root);
      expect(hex(await new TileHashes(store, count).root())).toBe(root);
    },
  );
});

describe('proofs', () => {
  test.each(SIZES)(
    'of inclusion in a tree of %i leaves hold for what is included, and for nothing else',
    async (size) => {
      const { tree, store } = await grown([size]);
      const hashes = new TileHashes(store, size);
      const indexes = new Set(
        [0, 1, 255, 256, Math.floor(size / 2), size - 2, size - 1].filter((i) => i >= 0 && i < size),
      );
      for (const index of indexes) {
        const proof = await hashes.inclusionProof(index);
        const root = rootOfInclusion(leafHash(entry(index)), index, size, proof);
        expect(root && hex(root)).toBe(hex(tree.root));
        const other = rootOfInclusion(leafHash(Buffer.from('other')), index, size, proof);
        expect(other && hex(other)).not.toBe(hex(tree.root));
        expect(rootOfInclusion(leafHash(entry(index)), index, size, [...proof, EMPTY_ROOT])).toBeUndefined();
        expect(rootOfInclusion(leafHash(entry(index)), size, size, proof)).toBeUndefined();
        const short = rootOfInclusion(leafHash(entry(index)), index, size, proof.slice(1));
        expect(short === undefined || size === 1).toBe(true);
        const moved = rootOfInclusion(leafHash(entry(index)), index === 0 ? 1 : index - 1, size, proof);
        expect(moved && hex(moved)).not.toBe(hex(tree.root));
      }
    },
  );

  test.each([
    [1, 65_793],
    [255, 256],
    [256, 65_536],
    [65_535, 65_793],
    [65_536, 65_793],
    [300, 65_537],
  ])('of consistency from %i to %i leaves hold across tiles', async (from, size) => {
    const { tree: whole, store } = await grown([from, size - from]);
    const proof = await new TileHashes(store, size).consistencyProof(from);
    expect(isConsistent({ size: from, root: frontierRoot(from) }, whole, proof)).toBe(true);
  });
});

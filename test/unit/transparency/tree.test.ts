import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Frontier } from '../../../lib/transparency/frontier.ts';
import { EMPTY_TREE, grow } from '../../../lib/transparency/growth.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from '../../../lib/transparency/hashes.ts';
import {
  consistencyPath,
  inclusionPath,
  isConsistent,
  rootOfInclusion,
  type TreeHead,
} from '../../../lib/transparency/proofs.ts';
import { TileHashes } from '../../../lib/transparency/tile-hashes.ts';
import { entries, entry, frontierRoot, grown, hex } from '../../support/grown-tree.ts';

/** RFC 6962 §2.1 word for word. */
function merkleTreeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leafHash(leaves[0]!);
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return nodeHash(merkleTreeHash(leaves.slice(0, k)), merkleTreeHash(leaves.slice(k)));
}

const head = (size: number): TreeHead => ({ size, root: frontierRoot(size) });

/** Sizes around what a tile holds. */
const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513];

describe('the tree of RFC 6962', () => {
  // The hashes of the specification of this project, computed by another program.
  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '9145d8281a027f9c884b95b8e8c8488f1d1d0cfc6f476ce19ad135f742a632eb'],
    [2, 'c33995a9c30cff58a736d0a33ac92b54e70e9f2a466f64aa9f0b860967907c9b'],
    [3, '6bd6da870193be9ab221acecd2ef17d5bf392ea28d991161fa60f9e5bf8637cd'],
  ])('has the published root over %i records', (count, root) => {
    expect(hex(frontierRoot(count))).toBe(root);
    expect(hex(grow(EMPTY_TREE, entries(count)).tree.root)).toBe(root);
  });

  test('hashes an empty entry as published', () => {
    expect(hex(leafHash(new Uint8Array(0)))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  test('has at every size the root that the definition gives', () => {
    for (let count = 0; count <= 300; count++) {
      expect([count, hex(frontierRoot(count))]).toEqual([count, hex(merkleTreeHash(entries(count)))]);
    }
  });

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

  test('takes a subtree by its root alone', () => {
    const whole = new Frontier();
    const half = new Frontier();
    for (const [i, each] of entries(12).entries()) (i < 8 ? half : new Frontier()).append(leafHash(each));
    whole.append(half.root(), 3);
    for (const each of entries(12).slice(8)) whole.append(leafHash(each));
    expect(hex(whole.root())).toBe(hex(frontierRoot(12)));
    expect(whole.size).toBe(12);
  });
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

  test('of consistency hold between every two trees of up to 40 leaves, and between no others', async () => {
    const { store } = await grown(Array.from({ length: 40 }, () => 1));
    for (let size = 1; size <= 40; size++) {
      const hashes = new TileHashes(store, size);
      const newer = { size, root: frontierRoot(size) };
      for (let from = 1; from <= size; from++) {
        const proof = await hashes.consistencyProof(from);
        const older = { size: from, root: frontierRoot(from) };
        expect([from, size, isConsistent(older, newer, proof)]).toEqual([from, size, true]);
        expect(isConsistent({ ...older, root: leafHash(Buffer.from('fork')) }, newer, proof)).toBe(false);
        expect(isConsistent(older, { ...newer, root: leafHash(Buffer.from('fork')) }, proof)).toBe(false);
        expect(isConsistent(older, newer, [...proof, EMPTY_ROOT])).toBe(false);
        expect(isConsistent(older, newer, proof.slice(1))).toBe(proof.length === 0);
      }
    }
  });

  test('of consistency never lead to a smaller tree, and always from the empty one', () => {
    expect(isConsistent(head(3), head(2), [])).toBe(false);
    expect(isConsistent(head(0), head(2), [])).toBe(true);
    expect(isConsistent({ size: 0, root: head(1).root }, head(2), [])).toBe(false);
  });

  test('are as long as the standard says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e12 }), fc.double({ min: 0, max: 1, noNaN: true }), (size, where) => {
        const index = Math.min(size - 1, Math.floor(where * size));
        expect(inclusionPath(index, size).length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(consistencyPath(Math.max(1, index), size).length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)) + 1);
      }),
    );
  });
});

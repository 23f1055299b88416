import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readBundle, readEntries } from '../../../lib/transparency/entries.ts';
import { EMPTY_TREE, grow, readTree, tilesOfGrowth } from '../../../lib/transparency/growth.ts';
import { isConsistent } from '../../../lib/transparency/proofs.ts';
import { TileHashes } from '../../../lib/transparency/tile-hashes.ts';
import {
  bundlePath,
  decodeBundle,
  encodeBundle,
  indexOfPath,
  indexPath,
  rightEdge,
  tilePath,
  tileWidth,
} from '../../../lib/transparency/tiles.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const entries = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => Buffer.from(`entry ${i}`));

describe('the path format of tlog-tiles', () => {
  test.each([
    [0, '000'],
    [999, '999'],
    [1000, 'x001/000'],
    [1_234_067, 'x001/x234/067'],
  ])('writes %i as %s', (index, path) => {
    expect(indexPath(index)).toBe(path);
    expect(indexOfPath(path)).toBe(index);
  });

  test.each(['', '1', '0000', 'x001', 'x000/001', '001/002', 'x001/x234/067.p/3', '-01', '-100', '1e3'])(
    'reads no number from %j',
    (path) => {
      expect(indexOfPath(path)).toBeUndefined();
    },
  );

  test('reads back every number that it writes', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (index) => expect(indexOfPath(indexPath(index))).toBe(index)));
  });

  test('names tiles and bundles, partial ones by their width', () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
    expect(bundlePath(273, 112)).toBe('tile/entries/273.p/112');
  });
});

describe('the tiles of a tree', () => {
  test('of 70,000 leaves are those of the example in the specification', () => {
    const { writes } = grow(EMPTY_TREE, entries(70_000));
    const paths = writes.map(({ path }) => path);
    expect(paths.filter((path) => /^tile\/0\/\d+$/.test(path))).toHaveLength(273);
    expect(paths.filter((path) => /^tile\/entries\/\d+$/.test(path))).toHaveLength(273);
    expect(paths.filter((path) => !/^tile\/(?:0|entries)\/\d+$/.test(path)).toSorted()).toEqual([
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
      'tile/entries/273.p/112',
    ]);
    expect(rightEdge(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  test('of 256 leaves are one full tile and one partial tile above it', () => {
    const { writes } = grow(EMPTY_TREE, entries(256));
    expect(writes.map(({ path }) => path).toSorted()).toEqual(['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000']);
  });

  test('that an append does not reach are not written again', () => {
    const { tree } = grow(EMPTY_TREE, entries(300));
    expect(grow(tree, entries(1)).writes.map(({ path }) => path)).toEqual(['tile/entries/001.p/45', 'tile/0/001.p/45']);
    expect(grow(tree, []).writes).toEqual([]);
  });

  test.each([1, 5, 255, 256, 257, 511, 512, 65_530, 65_536, 65_537])(
    'at the right edge of one that grew from %i leaves prove that, without any other tile',
    async (size) => {
      const { tree } = grow(EMPTY_TREE, entries(size));
      for (const added of [1, 3, 256, 1000]) {
        const growth = grow(tree, entries(added));
        const tiles = tilesOfGrowth(tree, growth);
        const hashes = new TileHashes({ read: (path) => Promise.resolve(tiles.get(path)) }, size + added);
        expect(await hashes.root()).toEqual(growth.tree.root);
        expect(isConsistent(tree, growth.tree, await hashes.consistencyProof(size))).toBe(true);
      }
    },
  );

  test('have the widths of the specification', () => {
    expect([tileWidth(0, 272, 70_000), tileWidth(0, 273, 70_000), tileWidth(0, 274, 70_000)]).toEqual([256, 112, 0]);
    expect([tileWidth(1, 1, 70_000), tileWidth(2, 0, 70_000)]).toEqual([17, 1]);
  });

  test.each([1, 255, 256, 300, 65_536, 66_000])(
    'give back the tree of %i leaves, and are refused when one is damaged',
    async (size) => {
      const { tree, writes } = grow(EMPTY_TREE, entries(size));
      const whole = writes.map(({ path, bytes }) => [path, bytes] as const);
      expect(await readTree(new MemoryTileStore(whole), size, tree.root)).toEqual(tree);
      const edge = whole.filter(([path]) => path.includes('.p/'));
      for (const [path, bytes] of edge) {
        const store = new MemoryTileStore(whole);
        await store.replace(
          path,
          Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
        );
        await expect(readTree(store, size, tree.root)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
        await store.remove(path);
        await expect(readTree(store, size, tree.root)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
      }
    },
  );
});

describe('the entries of a log', () => {
  const SIZE = 600;
  const { writes } = grow(EMPTY_TREE, entries(SIZE));
  const store = new MemoryTileStore(writes.map(({ path, bytes }) => [path, bytes]));

  test.each([0, 1, 255, 256, 300, 599, 600])('are read from number %i on, each with its index', async (from) => {
    const read: [number, string][] = [];
    for await (const { index, bytes } of readEntries(store, from, SIZE))
      read.push([index, Buffer.from(bytes).toString()]);
    expect(read).toEqual(Array.from({ length: SIZE - from }, (_, i) => [from + i, `entry ${from + i}`]));
  });

  test('are not read from a bundle that is absent or too short', async () => {
    const short = new MemoryTileStore([['tile/entries/000', encodeBundle(entries(255))]]);
    for (const reader of [short, new MemoryTileStore()]) {
      await expect(readBundle(reader, 0, 256)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    }
  });
});

describe('an entry bundle', () => {
  test('holds entries of up to 65,535 bytes, each behind its length', () => {
    const long = Buffer.alloc(0xffff, 7);
    const bundle = encodeBundle([Buffer.from('ab'), Buffer.alloc(0), long]);
    expect([...bundle.subarray(0, 8)]).toEqual([0, 2, 0x61, 0x62, 0, 0, 0xff, 0xff]);
    expect(decodeBundle(bundle).map((each) => each.length)).toEqual([2, 0, 0xffff]);
    expect(decodeBundle(encodeBundle([Buffer.from('a'), Buffer.alloc(0)])).map((each) => each.length)).toEqual([1, 0]);
    expect(() => encodeBundle([Buffer.alloc(0x10000)])).toThrow(expect.objectContaining({ code: 'LOG_MALFORMED' }));
  });

  test.each([
    ['inside a length', [0]],
    ['inside an entry', [0, 3, 1, 2]],
    ['behind a length', [0, 1, 9, 0, 1]],
    ['behind 256 entries', new Array<number>(514).fill(0)],
  ])('that ends %s is malformed', (_, bytes) => {
    expect(() => decodeBundle(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'LOG_MALFORMED' }));
  });
});

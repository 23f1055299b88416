// Computes an append to a tree stored as tiles: its new right edge, and the tiles and bundles to write.
import { concat, sameBytes } from '../base/bytes.ts';
import { LogError } from './errors.ts';
import { Frontier } from './frontier.ts';
import { hashAt, HASH_BYTES, leafHash, subtreeRoot } from './hashes.ts';
import type { TileReader } from './ports.ts';
import {
  bundlePath,
  decodeBundle,
  encodeBundle,
  isTile,
  rightEdge,
  TILE_HEIGHT,
  TILE_WIDTH,
  tilePath,
} from './tiles.ts';

/** The part of a tree that an append needs. Memory: at most 256 hashes per level and 256 entries. */
export interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
  /** The hashes of the partial tile of each level, from the leaves up; empty for a level without one. */
  readonly edge: readonly Uint8Array[];
  /** The entries of the partial bundle. */
  readonly entries: readonly Uint8Array[];
}

/** The grown tree, and the objects that it needs in addition to those of the previous tree. */
export interface Growth {
  readonly tree: Tree;
  readonly writes: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

export const EMPTY_TREE: Tree = { size: 0, root: new Frontier().root(), edge: [], entries: [] };

/** Appends entries, each of at most 65,535 bytes. Pure: the same tree and entries give the same bytes. */
export function grow(tree: Tree, entries: readonly Uint8Array[]): Growth {
  if (entries.length === 0) return { tree, writes: [] };
  const writes: { path: string; bytes: Uint8Array }[] = [];
  let bundle = [...tree.entries];
  let index = Math.floor(tree.size / TILE_WIDTH);
  for (const entry of entries) {
    bundle.push(entry);
    if (bundle.length < TILE_WIDTH) continue;
    writes.push({ path: bundlePath(index++, TILE_WIDTH), bytes: encodeBundle(bundle) });
    bundle = [];
  }
  if (bundle.length > 0) writes.push({ path: bundlePath(index, bundle.length), bytes: encodeBundle(bundle) });

  const size = tree.size + entries.length;
  const edge: Uint8Array[] = [];
  let added: readonly Uint8Array[] = entries.map(leafHash);
  for (let level = 0; level < tree.edge.length || added.length > 0; level++) {
    const before = tree.edge[level] ?? new Uint8Array(0);
    const hashes = concat([before, ...added]);
    const first = Math.floor(Math.floor(tree.size / TILE_WIDTH ** level) / TILE_WIDTH);
    const grown = cutTiles(hashes, level, first);
    // A level without new hashes keeps its partial tile.
    if (added.length > 0) writes.push(...grown.tiles);
    edge.push(grown.rest);
    added = grown.roots;
  }
  return { tree: { size, root: rootOf(edge), edge, entries: bundle }, writes };
}

/**
 * Returns the tiles at the right edge of the grown tree by path: those that the append wrote, and those that it left as
 * they were. The proof that the tree before is a prefix of the grown one consists of them.
 */
export function tilesOfGrowth(before: Tree, { writes }: Growth): ReadonlyMap<string, Uint8Array> {
  const edge = rightEdge(before.size).map((tile) => [tilePath(tile), before.edge[tile.level]!] as const);
  return new Map([...edge, ...writes.map(({ path, bytes }) => [path, bytes] as const)]);
}

/**
 * Reads the right edge of a tree of `size` leaves. Rejects with `LogError` `LOG_DAMAGED` when it is incomplete, does
 * not give `root`, or when its last entries do not match their hashes.
 */
export async function readTree(reader: TileReader, size: number, root: Uint8Array): Promise<Tree> {
  const edge: Uint8Array[] = [];
  for (const tile of rightEdge(size)) {
    const path = tilePath(tile);
    const bytes = await reader.read(path);
    if (!isTile(bytes, tile.width)) throw damaged(path);
    while (edge.length < tile.level) edge.push(new Uint8Array(0));
    edge.push(bytes);
  }
  if (!sameBytes(rootOf(edge), root)) throw damaged('right edge of the tree');
  return { size, root, edge, entries: await lastEntries(reader, size, edge[0]) };
}

async function lastEntries(
  reader: TileReader,
  size: number,
  hashes: Uint8Array | undefined,
): Promise<readonly Uint8Array[]> {
  const width = size % TILE_WIDTH;
  if (width === 0) return [];
  const path = bundlePath(Math.floor(size / TILE_WIDTH), width);
  const bytes = await reader.read(path);
  if (bytes === undefined) throw damaged(path);
  const entries = decodeBundle(bytes);
  const hashed = concat(entries.map(leafHash));
  if (hashes === undefined || !sameBytes(hashed, hashes)) throw damaged(path);
  return entries;
}

/** Cuts the hashes of one level into full tiles, whose roots are hashes of the next level, and a rest. */
function cutTiles(
  hashes: Uint8Array,
  level: number,
  first: number,
): { tiles: { path: string; bytes: Uint8Array }[]; roots: Uint8Array[]; rest: Uint8Array } {
  const tileBytes = TILE_WIDTH * HASH_BYTES;
  const tiles: { path: string; bytes: Uint8Array }[] = [];
  const roots: Uint8Array[] = [];
  let index = first;
  let at = 0;
  for (; at + tileBytes <= hashes.length; at += tileBytes) {
    const bytes = hashes.subarray(at, at + tileBytes);
    tiles.push({ path: tilePath({ level, index: index++, width: TILE_WIDTH }), bytes });
    roots.push(subtreeRoot(bytes));
  }
  const rest = hashes.subarray(at);
  if (rest.length > 0) tiles.push({ path: tilePath({ level, index, width: rest.length / HASH_BYTES }), bytes: rest });
  return { tiles, roots, rest };
}

/** Returns the root of the tree with these partial tiles: its full tiles are hashes of the level above. */
export function rootOf(edge: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier();
  for (let level = edge.length - 1; level >= 0; level--) {
    const hashes = edge[level]!;
    for (let i = 0; i < hashes.length / HASH_BYTES; i++) frontier.append(hashAt(hashes, i), level * TILE_HEIGHT);
  }
  return frontier.root();
}

function damaged(what: string): LogError {
  return new LogError('LOG_DAMAGED', `The log contradicts its newest checkpoint: ${what} is incomplete or wrong`);
}

// Trees of small entries, grown as a log grows them.
import { Frontier } from '../../lib/transparency/frontier.ts';
import { EMPTY_TREE, grow, type Tree } from '../../lib/transparency/growth.ts';
import { leafHash } from '../../lib/transparency/hashes.ts';
import { MemoryTileStore } from './memory-tile-store.ts';

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const entry = (i: number): Buffer => Buffer.from(`record${i}`);
export const entries = (count: number): Buffer[] => Array.from({ length: count }, (_, i) => entry(i));

const roots = new Map<number, Uint8Array>();

export function frontierRoot(count: number): Uint8Array {
  const frontier = new Frontier();
  if (!roots.has(count)) {
    for (const each of entries(count)) frontier.append(leafHash(each));
    roots.set(count, frontier.root());
  }
  return roots.get(count)!;
}

/** A tree grown by batches of these sizes, and its tiles. */
export async function grown(sizes: readonly number[]): Promise<{ tree: Tree; store: MemoryTileStore }> {
  const store = new MemoryTileStore();
  let tree = EMPTY_TREE;
  for (const count of sizes) {
    const batch = Array.from({ length: count }, (_, i) => entry(tree.size + i));
    const growth = grow(tree, batch);
    for (const { path, bytes } of growth.writes) await store.create(path, bytes);
    tree = growth.tree;
  }
  return { tree, store };
}

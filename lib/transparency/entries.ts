// Reads the entries of a log from its bundles (C2SP tlog-tiles).
import { LogError } from './errors.ts';
import type { TileReader } from './ports.ts';
import { bundlePath, decodeBundle, TILE_WIDTH, tileWidth } from './tiles.ts';

/** One leaf of a log. */
export interface Entry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Yields the entries from index `from` on of a log of `size` entries. Checks no hash. Rejects as `readBundle` does. */
export async function* readEntries(reader: TileReader, from: number, size: number): AsyncGenerator<Entry> {
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
    const entries = await readBundle(reader, bundle, size);
    for (let i = Math.max(0, from - bundle * TILE_WIDTH); i < entries.length; i++) {
      yield { index: bundle * TILE_WIDTH + i, bytes: entries[i]! };
    }
  }
}

/**
 * Reads the entries of one bundle. Rejects with `LogError` `LOG_DAMAGED` when it is absent or has another number of
 * entries.
 */
export async function readBundle(reader: TileReader, index: number, size: number): Promise<readonly Uint8Array[]> {
  const width = tileWidth(0, index, size);
  const path = bundlePath(index, width);
  const bytes = await reader.read(path);
  const entries = bytes === undefined ? [] : decodeBundle(bytes);
  if (entries.length !== width) throw new LogError('LOG_DAMAGED', `The log holds no whole bundle ${path}`);
  return entries;
}

// Reads hashes and proofs of a tree from its tiles (C2SP tlog-tiles).
import { LogError } from './errors.ts';
import { Frontier } from './frontier.ts';
import { HASH_BYTES, subtreeRoot } from './hashes.ts';
import type { TileReader } from './ports.ts';
import { consistencyPath, inclusionPath, type Range } from './proofs.ts';
import { isTile, rightEdge, TILE_HEIGHT, TILE_WIDTH, tilePath, tileWidth } from './tiles.ts';

/** Cached tiles: the hashes of one proof share tiles. */
const CACHED_TILES = 64;

/** Reads tiles by path. */
export type HashReader = Pick<TileReader, 'read'>;

/**
 * Reads hashes of the tree of `size` leaves from its tiles, without checking them: a proof from wrong tiles does not
 * verify. Rejects with `LogError` `LOG_DAMAGED` when a tile is absent or has the wrong width.
 */
export class TileHashes {
  readonly #reader: HashReader;
  readonly #size: number;
  readonly #cache = new Map<string, Uint8Array>();

  constructor(reader: HashReader, size: number) {
    this.#reader = reader;
    this.#size = size;
  }

  /** Computes the Merkle tree hash of all leaves from the right edge. */
  async root(): Promise<Uint8Array> {
    const frontier = new Frontier();
    for (const tile of rightEdge(this.#size).toReversed()) {
      const hashes = await this.#tile(tile.level, tile.index);
      for (let i = 0; i < tile.width; i++) {
        frontier.append(hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES), tile.level * TILE_HEIGHT);
      }
    }
    return frontier.root();
  }

  inclusionProof(index: number): Promise<readonly Uint8Array[]> {
    return this.#hashes(inclusionPath(index, this.#size));
  }

  /** Returns the proof that the tree of `from` leaves is a prefix of this one; empty for `from` 0. */
  consistencyProof(from: number): Promise<readonly Uint8Array[]> {
    return from === 0 ? Promise.resolve([]) : this.#hashes(consistencyPath(from, this.#size));
  }

  async #hashes(ranges: readonly Range[]): Promise<readonly Uint8Array[]> {
    const hashes: Uint8Array[] = [];
    for (const range of ranges) hashes.push(await this.#range(range));
    return hashes;
  }

  /**
   * Computes the hash of a proof range. It starts at a multiple of its largest power of two, so it consists of full
   * subtrees.
   */
  async #range({ begin, end }: Range): Promise<Uint8Array> {
    const frontier = new Frontier();
    for (let at = begin; at < end; ) {
      const height = Math.floor(Math.log2(end - at));
      frontier.append(await this.#subtree(height, at / 2 ** height), height);
      at += 2 ** height;
    }
    return frontier.root();
  }

  /** Computes the root of the `index`-th full subtree of 2^`height` leaves. */
  async #subtree(height: number, index: number): Promise<Uint8Array> {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const hashes = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    const from = (first % TILE_WIDTH) * HASH_BYTES;
    return subtreeRoot(hashes.subarray(from, from + count * HASH_BYTES));
  }

  async #tile(level: number, index: number): Promise<Uint8Array> {
    const width = tileWidth(level, index, this.#size);
    const path = tilePath({ level, index, width });
    const cached = this.#cache.get(path);
    if (cached !== undefined) return cached;
    const bytes = await this.#reader.read(path);
    if (!isTile(bytes, width)) throw new LogError('LOG_DAMAGED', `The log holds no whole tile ${path}`);
    if (this.#cache.size >= CACHED_TILES) this.#cache.clear();
    this.#cache.set(path, bytes);
    return bytes;
  }
}

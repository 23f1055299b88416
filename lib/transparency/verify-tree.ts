// Verifies the tree under a signed checkpoint from its root down: every tile, bundle and entry, in order. Locates each
// fault: a tile is right when its root is a hash of the tile above it, and the top matches the signed root.
import { concat, toHex } from '../base/bytes.ts';
import { LogError } from './errors.ts';
import type { Entry } from './entries.ts';
import type { LogFinding } from './findings.ts';
import { rootOf } from './growth.ts';
import { hashAt, leafHash, sameBytes, sha256, subtreeRoot } from './hashes.ts';
import type { TileReader } from './ports.ts';
import type { TreeHead } from './proofs.ts';
import { bundlePath, decodeBundle, isTile, rightEdge, type Tile, TILE_WIDTH, tilePath } from './tiles.ts';

export interface TreeCheckOptions {
  readonly reader: TileReader;
  /** Called with each entry whose hash is under the signed root, in order. */
  readonly onEntry: (entry: Entry) => void;
  /** Called with each entry in the place of another sealed one. */
  readonly onWrongEntry: (entry: Entry) => void;
  /** Called with root and height of each subtree under the signed root, in order: the input of a frontier. */
  readonly onSubtree: (root: Uint8Array, height: number) => void;
}

/** Paths of tiles by the digest of their hashes: shows where a moved object belongs. */
type Homes = Map<string, string>;

export class TreeCheck {
  readonly #options: TreeCheckOptions;
  readonly #findings: LogFinding[] = [];
  readonly #homes: Homes = new Map();
  /** Objects that may be in a wrong place: the digest of their hashes, and the finding to reword. */
  readonly #strays: { readonly digest: string; readonly finding: LogFinding }[] = [];

  constructor(options: TreeCheckOptions) {
    this.#options = options;
  }

  /**
   * Checks the whole tree, unless the store does not give the root of `head`; then there are no findings, because the
   * checkpoint may belong to another tree. `absent`: a missing tile of its right edge.
   */
  async check(head: TreeHead): Promise<'checked' | { readonly absent: string | undefined }> {
    const tiles = rightEdge(head.size);
    const stored = await Promise.all(tiles.map((tile) => this.#stored(tile)));
    const edge = await this.#edge(tiles, stored, head.root);
    if (edge === undefined) {
      const absent = tiles.find((_, i) => stored[i] === undefined);
      return { absent: absent && tilePath(absent) };
    }
    for (const { tile, hashes } of edge.toReversed()) {
      if (tile.level === 0) await this.#leaves(tile, hashes);
      else for (let i = 0; i < tile.width; i++) await this.#subtree(below(tile, i), hashAt(hashes, i));
    }
    return 'checked';
  }

  /** Returns the findings by place in the tree. */
  findings(): readonly LogFinding[] {
    const homes = new Map(this.#strays.map(({ digest, finding }) => [finding, this.#homes.get(digest)]));
    return this.#findings.map((finding) => {
      const home = homes.get(finding);
      return home === undefined ? finding : { ...finding, kind: 'moved', detail: `The content belongs to ${home}` };
    });
  }

  /** Finds the partial tiles that give the root: the stored ones, or those recomputed from their children. */
  async #edge(
    tiles: readonly Tile[],
    stored: readonly (Uint8Array | undefined)[],
    root: Uint8Array,
  ): Promise<readonly { tile: Tile; hashes: Uint8Array }[] | undefined> {
    const made = await this.#alternatives(tiles, stored, root);
    if (made === undefined) return undefined;
    for (const [i, tile] of tiles.entries()) if (made[i] !== stored[i]) this.#wrongTile(tile, stored[i]);
    return tiles.map((tile, i) => {
      this.#homes.set(digestOf(made[i]!), tilePath(tile));
      return { tile, hashes: made[i]! };
    });
  }

  async #alternatives(
    tiles: readonly Tile[],
    stored: readonly (Uint8Array | undefined)[],
    root: Uint8Array,
  ): Promise<readonly Uint8Array[] | undefined> {
    if (stored.every((hashes) => hashes !== undefined) && gives(tiles, stored, root)) return stored;
    const remade = await Promise.all(tiles.map((tile) => this.#remade(tile)));
    // At most one partial tile a level, and at most eight levels: at most 256 choices.
    for (let choice = 0; choice < 2 ** tiles.length; choice++) {
      const chosen = tiles.map((_, i) => (Math.floor(choice / 2 ** i) % 2 === 0 ? stored[i] : remade[i]));
      if (chosen.every((hashes) => hashes !== undefined) && gives(tiles, chosen, root)) return chosen;
    }
    return undefined;
  }

  async #subtree(tile: Tile, root: Uint8Array): Promise<void> {
    const hashes = await this.#trusted(tile, root);
    if (hashes === undefined) {
      const leaves = TILE_WIDTH ** (tile.level + 1);
      const detail = `Neither it nor its children give its root: the ${leaves} leaves under it cannot be verified`;
      this.#findings.push({ kind: 'modified', path: tilePath(tile), leaf: tile.index * leaves, detail });
      this.#options.onSubtree(root, 8 * (tile.level + 1));
    } else if (tile.level === 0) {
      await this.#leaves(tile, hashes);
    } else {
      for (let i = 0; i < TILE_WIDTH; i++) await this.#subtree(below(tile, i), hashAt(hashes, i));
    }
  }

  /** Returns the verified hashes of a full tile: as stored, or recomputed from its children. */
  async #trusted(tile: Tile, root: Uint8Array): Promise<Uint8Array | undefined> {
    const stored = await this.#stored(tile);
    if (stored !== undefined && sameBytes(subtreeRoot(stored), root)) {
      this.#homes.set(digestOf(stored), tilePath(tile));
      return stored;
    }
    const remade = await this.#remade(tile);
    if (remade === undefined || !sameBytes(subtreeRoot(remade), root)) return undefined;
    this.#homes.set(digestOf(remade), tilePath(tile));
    this.#wrongTile(tile, stored);
    return remade;
  }

  async #stored(tile: Tile): Promise<Uint8Array | undefined> {
    const bytes = await this.#options.reader.read(tilePath(tile));
    return isTile(bytes, tile.width) ? bytes : undefined;
  }

  async #remade(tile: Tile): Promise<Uint8Array | undefined> {
    if (tile.level === 0) {
      const entries = await this.#entries(tile);
      return entries?.length === tile.width ? concat(entries.map(leafHash)) : undefined;
    }
    const roots: Uint8Array[] = [];
    for (let i = 0; i < tile.width; i++) {
      const child = await this.#stored(below(tile, i));
      if (child === undefined) return undefined;
      roots.push(subtreeRoot(child));
    }
    return concat(roots);
  }

  #wrongTile(tile: Tile, stored: Uint8Array | undefined): void {
    const path = tilePath(tile);
    const leaf = tile.index * TILE_WIDTH ** (tile.level + 1);
    if (stored === undefined) {
      this.#findings.push({
        kind: 'missing',
        path,
        leaf,
        detail: 'The tile is absent or has the wrong size; what is under it is intact',
      });
    } else {
      this.#stray({ kind: 'modified', path, leaf, detail: 'The hashes do not match what is under it' }, stored);
    }
  }

  #stray(finding: LogFinding, hashes: Uint8Array): void {
    this.#findings.push(finding);
    this.#strays.push({ digest: digestOf(hashes), finding });
  }

  /** Reads the entries of a bundle; empty when it is malformed, undefined when it is absent. */
  async #entries({ index, width }: Tile): Promise<readonly Uint8Array[] | undefined> {
    const bytes = await this.#options.reader.read(bundlePath(index, width));
    try {
      return bytes && decodeBundle(bytes);
    } catch (error) {
      if (error instanceof LogError) return [];
      throw error;
    }
  }

  async #leaves(tile: Tile, hashes: Uint8Array): Promise<void> {
    const entries = await this.#entries(tile);
    this.#compare(tile, hashes, entries);
    for (let i = 0; i < tile.width; i++) this.#options.onSubtree(hashAt(hashes, i), 0);
  }

  #compare({ index, width }: Tile, hashes: Uint8Array, entries: readonly Uint8Array[] | undefined): void {
    const path = bundlePath(index, width);
    const leaf = index * TILE_WIDTH;
    if (entries === undefined) {
      this.#findings.push({ kind: 'missing', path, leaf, detail: `The entries of ${width} leaves are missing` });
      return;
    }
    const own = entries.map(leafHash);
    const wrong = own.flatMap((hash, i) => (i < width && sameBytes(hash, hashAt(hashes, i)) ? [] : [i]));
    if (entries.length === width && wrong.length > 0 && wrong.length < width) {
      for (const i of wrong) {
        this.#findings.push({
          kind: 'modified',
          path,
          leaf: leaf + i,
          detail: `Entry ${i} differs from the sealed one`,
        });
      }
    } else if (entries.length !== width || wrong.length > 0) {
      this.#stray({ kind: 'modified', path, leaf, detail: 'The entries differ from the sealed ones' }, concat(own));
    }
    const isWrong = new Set(wrong);
    const { onEntry, onWrongEntry } = this.#options;
    for (const [i, bytes] of entries.entries()) (isWrong.has(i) ? onWrongEntry : onEntry)({ index: leaf + i, bytes });
  }
}

/** Returns the `i`-th tile under a tile of level 1 or more. */
function below({ level, index }: Tile, i: number): Tile {
  return { level: level - 1, index: index * TILE_WIDTH + i, width: TILE_WIDTH };
}

function gives(tiles: readonly Tile[], hashes: readonly (Uint8Array | undefined)[], root: Uint8Array): boolean {
  const edge: Uint8Array[] = [];
  for (const [i, { level }] of tiles.entries()) {
    while (edge.length < level) edge.push(new Uint8Array(0));
    edge.push(hashes[i]!);
  }
  return sameBytes(rootOf(edge), root);
}

/** Returns enough of a SHA-256 to identify a place. */
function digestOf(hashes: Uint8Array): string {
  return toHex(sha256(hashes).subarray(0, 12));
}

// Verifies the partial tiles and bundles of former checkpoints. The tree under the newest checkpoint does not need them;
// a reader that holds a former checkpoint does (C2SP tlog-tiles, "Partial Tiles").
import type { LogFinding } from './findings.ts';
import { HASH_BYTES, sameBytes } from './hashes.ts';
import type { TileReader } from './ports.ts';
import type { TreeHead } from './proofs.ts';
import { bundlePath, rightEdge, type Tile, TILE_WIDTH, tilePath, tileWidth } from './tiles.ts';

/** A partial object, and the wider one of the newest tree that must begin with it. */
interface Superseded {
  readonly path: string;
  readonly by: string;
  /** The first leaf under it. */
  readonly leaf: number;
  /** Returns the bytes that the partial object must have. Undefined when the wider one is too short. */
  readonly prefix: (wider: Uint8Array) => Uint8Array | undefined;
}

const CONCURRENT_READS = 16;

/**
 * Returns a finding for each partial tile or bundle of the trees `heads` that is absent, or is not the beginning of
 * the wider one under the tree of `size` leaves. Skips those whose wider one is `damaged`: that is a finding already.
 */
export async function supersededFindings(
  reader: TileReader,
  heads: readonly TreeHead[],
  size: number,
  damaged: ReadonlySet<string>,
): Promise<readonly LogFinding[]> {
  const objects = new Map(heads.flatMap((head) => supersededOf(head, size)).map((each) => [each.path, each] as const));
  const findings: LogFinding[] = [];
  const all = [...objects.values()].filter(({ by }) => !damaged.has(by));
  for (let at = 0; at < all.length; at += CONCURRENT_READS) {
    const found = await Promise.all(all.slice(at, at + CONCURRENT_READS).map((each) => findingOf(reader, each)));
    findings.push(...found.flatMap((each) => each ?? []));
  }
  return findings;
}

async function findingOf(reader: TileReader, { path, by, leaf, prefix }: Superseded): Promise<LogFinding | undefined> {
  const [bytes, wider] = await Promise.all([reader.read(path), reader.read(by)]);
  if (bytes === undefined) {
    return { kind: 'missing', path, leaf, detail: `A former checkpoint needs it; ${by} holds the same` };
  }
  const expected = wider && prefix(wider);
  if (expected === undefined || sameBytes(bytes, expected)) return undefined;
  return { kind: 'modified', path, leaf, detail: `It is not the beginning of ${by}` };
}

function supersededOf(head: TreeHead, size: number): readonly Superseded[] {
  return rightEdge(head.size).flatMap((tile) => {
    const width = tileWidth(tile.level, tile.index, size);
    if (width === tile.width) return [];
    const leaf = tile.index * TILE_WIDTH ** (tile.level + 1);
    const hashes = { path: tilePath(tile), by: tilePath({ ...tile, width }), leaf, prefix: hashesOf(tile) };
    if (tile.level > 0) return [hashes];
    const entries = { path: bundlePath(tile.index, tile.width), by: bundlePath(tile.index, width), leaf };
    return [hashes, { ...entries, prefix: entriesOf(tile) }];
  });
}

function hashesOf({ width }: Tile): Superseded['prefix'] {
  return (wider) => (wider.length < width * HASH_BYTES ? undefined : wider.subarray(0, width * HASH_BYTES));
}

/** Entries are each after their length as uint16, so a bundle of fewer entries is a prefix of one of more. */
function entriesOf({ width }: Tile): Superseded['prefix'] {
  return (wider) => {
    let at = 0;
    for (let i = 0; i < width; i++) {
      if (at + 2 > wider.length) return undefined;
      at += 2 + ((wider[at]! << 8) | wider[at + 1]!);
    }
    return at > wider.length ? undefined : wider.subarray(0, at);
  };
}

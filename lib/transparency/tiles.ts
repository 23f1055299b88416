// C2SP tlog-tiles: paths of the hashes and entries of a tree, and the format of entry bundles.
import { concat } from '../base/bytes.ts';
import { LogError } from './errors.ts';
import { HASH_BYTES } from './hashes.ts';

/** Number of hashes of a full tile, and of entries of a full bundle. */
export const TILE_WIDTH = 256;
/** Number of tree levels in one tile. */
export const TILE_HEIGHT = 8;
/** The length of an entry is written as uint16. */
export const MAX_ENTRY_BYTES = 0xffff;

/** A tile of hashes. Its hashes are roots of full subtrees of 256^`level` leaves. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256 hashes. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]` */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${indexPath(index)}${partialSuffix(width)}`;
}

/** `tile/entries/<N>[.p/<W>]` */
export function bundlePath(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${partialSuffix(width)}`;
}

/** 1234067 → `x001/x234/067` */
export function indexPath(index: number): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

/** Inverts `indexPath`; undefined for other paths. */
export function indexOfPath(path: string): number | undefined {
  const index = Number(path.replaceAll(/[x/]/g, ''));
  return index >= 0 && Number.isSafeInteger(index) && indexPath(index) === path ? index : undefined;
}

/** Returns how many hashes a tile has in a tree of `size` leaves: 256 left of the right edge, 0 beyond it. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** Returns the partial tiles of a tree, from the leaves up. They alone give its root. */
export function rightEdge(size: number): readonly Tile[] {
  const edge: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH;
    if (width > 0) edge.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return edge;
}

/** Writes entries, each after its length as big-endian uint16. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    if (entry.length > MAX_ENTRY_BYTES) throw malformed(`An entry must have at most ${MAX_ENTRY_BYTES} bytes`);
    return [Uint8Array.of(entry.length >>> 8, entry.length & 0xff), entry];
  });
  return concat(parts);
}

/**
 * Reads the entries of a bundle, as views. Throws `LogError` `LOG_MALFORMED` for bytes that end inside an entry, and for
 * more than `most` entries: an entry of nothing takes two bytes.
 */
export function decodeBundle(bytes: Uint8Array, most: number = TILE_WIDTH): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + ((bytes[at]! << 8) | (bytes[at + 1] ?? 0));
    if (at + 2 > bytes.length || end > bytes.length) throw malformed('An entry bundle ends inside an entry');
    if (entries.length === most) throw malformed(`An entry bundle has more than ${most} entries`);
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** Tells whether these bytes are `width` hashes. */
export function isTile(bytes: Uint8Array | undefined, width: number): bytes is Uint8Array {
  return bytes?.length === width * HASH_BYTES;
}

function partialSuffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}

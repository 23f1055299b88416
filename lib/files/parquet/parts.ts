// Runs of row groups of a Parquet file, and a file of such a run alone.
import { FilesError } from '../errors.ts';
import { type Footer, HEAD_BYTES, type RowGroup, writeFooter } from './footer.ts';
import { placedRowGroup } from './splice.ts';

/** Splits row groups into runs of at least so many bytes, but for the last one. A file without row groups is one empty run. */
export function runsOfGroups({ groups }: Footer, leastBytes: number): readonly (readonly RowGroup[])[] {
  const runs: RowGroup[][] = [[]];
  let bytes = 0;
  for (const group of groups) {
    if (bytes >= leastBytes) {
      runs.push([]);
      bytes = 0;
    }
    runs.at(-1)!.push(group);
    bytes += bytesOfGroup(group);
  }
  return runs;
}

export function bytesOfGroup({ chunks }: RowGroup): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

/** Where the bytes of a row group lie in a file. */
interface Extent {
  readonly from: number;
  readonly to: number;
}

/** A file of some row groups: the bytes of each, one behind the other behind the head, and then its end. */
export interface PartFile {
  readonly extents: readonly Extent[];
  readonly end: Uint8Array;
}

/** Returns what a file of these row groups alone consists of. Throws `FilesError` `FILES_DAMAGED` for one that lies beyond the file. */
export function partFile(footer: Footer, groups: readonly RowGroup[], fileBytes: number): PartFile {
  const extents = groups.map(({ chunks }): Extent => {
    const from = chunks.reduce((least, { start }) => Math.min(least, start), fileBytes);
    const to = chunks.reduce((most, { start, length }) => Math.max(most, start + length), 0);
    if (from < HEAD_BYTES || to > fileBytes || to < from) {
      throw new FilesError('FILES_DAMAGED', 'a row group lies outside of the file');
    }
    return { from, to };
  });
  let start = HEAD_BYTES;
  const placed = groups.map(({ struct }, i) => {
    const { from, to } = extents[i]!;
    const moved = placedRowGroup(struct, start - from, i);
    start += to - from;
    return moved;
  });
  return { extents, end: writeFooter(footer, footer.schema, placed) };
}

// The ranges of a Parquet object: runs of row groups, each protected as a file of its own. The last range ends with the end of the output,
// which says where the groups of all of them lie.
import { FilesError } from '../errors.ts';
import { fileHead, type Footer, footerLength, HEAD_BYTES, readFooter, TAIL_BYTES } from '../parquet/footer.ts';
import { footerOfGroups, type PlacedGroup } from '../parquet/groups.ts';
import { bytesOfGroup, partFile, type PartFile, runsOfGroups } from '../parquet/parts.ts';
import { leafOfColumn } from '../parquet/splice.ts';
import { PARTS_OF_RANGE, PartWriter } from './part-writer.ts';
import { RangeRows } from './range-rows.ts';
import type { ObjectRanges, RangeToProtect, ReadObject } from './ranges.ts';
import type { RangeFacts } from './state.ts';
import { type JobInWorld, MAX_PARTS, MAX_RANGES } from './world.ts';

export class ParquetRanges implements ObjectRanges {
  readonly #in: JobInWorld;

  constructor(job: JobInWorld) {
    this.#in = job;
  }

  async count(object: ReadObject): Promise<number> {
    const { world, columns, sizes } = this.#in;
    if (world.parquet === undefined) {
      throw new FilesError('FILES_LAYOUT', 'this deployment reads no Parquet: set files.parquet in its configuration');
    }
    const { groupBytes, rangeBytes } = sizes;
    const footer = await this.#footerOf(object);
    for (const { name } of columns) leafOfColumn(footer, name);
    if (footer.groups.some((group) => bytesOfGroup(group) > groupBytes)) {
      const limit = `${Math.floor(groupBytes / 1e6)} MB`;
      throw new FilesError(
        'FILES_LAYOUT',
        `a row group of a Parquet object has at most ${limit}: write it in smaller ones, or protect it with the command line`,
      );
    }
    const { length } = runsOfGroups(footer, rangeBytes);
    if (length <= MAX_RANGES) return length;
    const limit = Math.floor((MAX_RANGES * rangeBytes) / 1e9);
    throw new FilesError('FILES_LAYOUT', `a Parquet object has at most ${limit} GB: split it`);
  }

  /** A group at a time is in memory. */
  async protect({ work, state, index, before }: RangeToProtect): Promise<RangeFacts> {
    const { world, columns, sizes } = this.#in;
    const { partBytes, minPartBytes, pieceBytes, rangeBytes } = sizes;
    const { key, tag, size, ranges } = state;
    const footer = await this.#footerOf(state);
    const runs = runsOfGroups(footer, rangeBytes);
    if (runs.length !== ranges) {
      throw new FilesError('FILES_STATE', 'the work began in another release, with other ranges: seal the job again');
    }
    const groups = runs[index]!;
    const from = runs.slice(0, index).reduce((sum, { length }) => sum + length, 0);
    const isLast = index === ranges - 1;
    const upload = world.outputs.open(state.target, state.upload);
    const maxParts = ranges === 1 ? MAX_PARTS : PARTS_OF_RANGE;
    // A range is as much larger as its last row group is.
    const writer = new PartWriter({ upload, index, isLast, partBytes: 2 * partBytes, minPartBytes, maxParts });
    const rows = new RangeRows(this.#in, work, key);
    const names = columns.map(({ name }) => name);
    const bytes = fileOfPart(partFile(footer, groups, size), (start, end) => world.source.read(key, tag, start, end));
    await using file = await world.parquet!.open(bytes, names, rows.batches);
    const done: NonNullable<RangeFacts['groups']> = [];
    if (index === 0) await writer.add(fileHead());
    // oxlint-disable no-await-in-loop -- a row group at a time is in memory, and parts follow one another
    for (const [i, { firstRow }] of groups.entries()) {
      const group = await rows.add(firstRow, undefined, () => file.run(i));
      done.push({
        schema: base64Of(group.schema),
        bytes: group.bytes.length,
        ...(group.group !== undefined && { group: base64Of(group.group) }),
      });
      for (let at = 0; at < group.bytes.length; at += pieceBytes) {
        await writer.add(group.bytes.subarray(at, at + pieceBytes));
      }
    }
    // oxlint-enable no-await-in-loop
    if (isLast) {
      const all = [...before.flatMap((range) => range.groups ?? []), ...done];
      await writer.add(footerOfGroups(footer, placedGroups(all)));
    }
    const parts = [...(await writer.end())];
    return { from, end: from + groups.length, parts, groups: done, ...rows.take() };
  }

  /** Reads the end of the object. */
  async #footerOf({ key, tag, size }: ReadObject): Promise<Footer> {
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.#in.world.source.read(key, tag, from, to)) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const length = footerLength(await read(Math.max(0, size - TAIL_BYTES), size), size);
    return readFooter(await read(size - TAIL_BYTES - length, size - TAIL_BYTES));
  }
}

/** Yields a file of some row groups of another. */
async function* fileOfPart(
  { extents, end }: PartFile,
  read: (from: number, to: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield fileHead();
  for (const { from, to } of extents) yield* read(from, to);
  yield end;
}

/** Puts row groups behind the head of a file, one behind the other. */
function placedGroups(groups: NonNullable<RangeFacts['groups']>): PlacedGroup[] {
  let start = HEAD_BYTES;
  return groups.map(({ group, schema, bytes }) => {
    const placed = {
      group: group === undefined ? undefined : Buffer.from(group, 'base64'),
      schema: Buffer.from(schema, 'base64'),
      start,
    };
    start += bytes;
    return placed;
  });
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

// The ranges of a text: CSV and JSON lines. A range holds the rows that begin in it.
import { cutPieces } from '../cut-pieces.ts';
import { FilesError } from '../errors.ts';
import { packed, packingOf } from '../packing.ts';
import { begunText, type BegunText, csvShape, formatOfLayout, jsonShape } from '../text-layout.ts';
import { TextPieces } from '../text-piece.ts';
import { dialectOfJob } from './job.ts';
import { PARTS_OF_RANGE, PartWriter } from './part-writer.ts';
import { RangeRows } from './range-rows.ts';
import {
  endOfRange,
  findRowStart,
  type ObjectRanges,
  piecesOfRange,
  type RangeToProtect,
  type ReadObject,
} from './ranges.ts';
import type { RangeFacts } from './state.ts';
import { type JobInWorld, MAX_PARTS, MAX_RANGES } from './world.ts';

/** What is packed, or in another encoding, is read from its beginning by one task. */
const MAX_RANGES_OF_WHOLE = 8;

export class TextRanges implements ObjectRanges {
  readonly #in: JobInWorld;

  constructor(job: JobInWorld) {
    this.#in = job;
  }

  async count(object: ReadObject): Promise<number> {
    const { rangeBytes } = this.#in.sizes;
    const wanted = Math.max(1, Math.ceil(object.size / rangeBytes));
    if (wanted === 1) return 1;
    await using begun = await this.#begin(object);
    const { isPlain } = begun;
    const most = isPlain ? MAX_RANGES : MAX_RANGES_OF_WHOLE;
    if (wanted > most) {
      const limit = Math.floor((most * rangeBytes) / 1e9);
      const what = isPlain ? 'an object' : 'an object that is packed, or in another encoding than UTF-8,';
      throw new FilesError('FILES_LAYOUT', `${what} has at most ${limit} GB: split it`);
    }
    return isPlain ? wanted : 1;
  }

  async protect({ work, state, index, from: exact }: RangeToProtect): Promise<RangeFacts> {
    const { world, job, columns, sizes } = this.#in;
    const { source, outputs } = world;
    await using begun = await this.#begin(state);
    const { sample } = begun;
    // A range is read from where it begins.
    if (state.ranges > 1) await begun[Symbol.asyncDispose]();
    const names = columns.map(({ name }) => name);
    const { layout, prefix, rowsEnd } =
      job.format === 'csv' ? csvShape(sample, dialectOfJob(job), names) : jsonShape(sample, names);
    const to = endOfRange(state, index, sizes.rangeBytes);
    const from = index === 0 ? prefix : (exact ?? (await findRowStart(source, state, index * sizes.rangeBytes, to)));
    const rows = new RangeRows(this.#in, work, state.key);
    if (from === undefined) return { from: null, end: null, parts: [], ...rows.take() };
    if (from >= to && index > 0) return { from, end: from, parts: [], ...rows.take() };
    const writer = new PartWriter({
      upload: outputs.open(state.target, state.upload),
      index,
      isLast: index === state.ranges - 1,
      partBytes: sizes.partBytes,
      minPartBytes: sizes.minPartBytes,
      // What is packed may have any size.
      maxParts: state.ranges === 1 ? MAX_PARTS : PARTS_OF_RANGE,
    });
    const packing = packingOf(state.target);
    if (index === 0) await writer.add(packed(sample.bytes.slice(0, prefix), packing));
    const text = new TextPieces(formatOfLayout(layout), rows.batches, columns.length, job.rejects === 'list');
    const { pieceBytes } = sizes;
    const pieces =
      state.ranges === 1
        ? cutPieces(behind(begun.all(), prefix), pieceBytes, rowsEnd)
        : piecesOfRange(source, state, { from, to, pieceBytes }, rowsEnd);
    let end = from;
    for await (const piece of pieces) {
      const of = state.ranges > 1 ? from : undefined;
      const done = await rows.add(rows.rows, of, () => text.run(piece.bytes, piece.to));
      end += piece.to;
      await writer.add(packed(done.bytes, packing));
    }
    return { from, end, parts: [...(await writer.end())], ...rows.take() };
  }

  /** Reads the beginning of the text. `isPlain`: it lies in the object as it is. */
  async #begin({ key, tag, size }: ReadObject): Promise<BegunText & { readonly isPlain: boolean }> {
    const { source, decoded } = this.#in.world;
    let isPlain = true;
    const text = decoded(source.read(key, tag, 0, size), this.#in.job.encoding, () => (isPlain = false));
    const begun = await begunText(text);
    return { ...begun, isPlain };
  }
}

/** Yields a text without its first `prefix` bytes. */
async function* behind(text: AsyncIterable<Uint8Array>, prefix: number): AsyncGenerator<Uint8Array> {
  let left = prefix;
  for await (const chunk of text) {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    if (dropped < chunk.length) yield chunk.subarray(dropped);
  }
}

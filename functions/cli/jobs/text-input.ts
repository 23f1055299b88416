// The bytes of a text file as UTF-8: unpacked, decoded, and cut into pieces of whole rows.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { isGzip } from '../../../lib/base/gzip.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { isZstd, unzstd } from './unzstd.ts';

/** Bytes that the dialect and the columns are found in. */
const SAMPLE_BYTES = 1024 * 1024;
const READ_BYTES = 1024 * 1024;

export interface TextInputOptions {
  /** Undefined for standard input. */
  readonly path: string | undefined;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** A label of the WHATWG Encoding Standard. @default UTF-8, or what a byte order mark says */
  readonly encoding: string | undefined;
}

export interface Sample {
  /** At least one byte longer than `length`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly length: number;
  /** The sample is all there is. */
  readonly isWhole: boolean;
}

/** Reads one file from its beginning to its end. */
export class TextInput {
  readonly #options: TextInputOptions;
  #rawBytes = 0;
  #isPlain = true;
  #first: Uint8Array[] = [];
  #rest: AsyncIterator<Uint8Array> | undefined;
  readonly #hash: Hash | undefined;

  constructor(options: TextInputOptions) {
    this.#options = options;
    this.#hash = options.path === undefined ? createHash('sha256') : undefined;
  }

  /** Bytes read so far, as they lie in the file. */
  get rawBytes(): number {
    return this.#rawBytes;
  }

  /** Returns the SHA-256 of what has been passed on so far, for a stream. */
  digest(): string | undefined {
    return this.#hash?.copy().digest('hex');
  }

  /** Reads the beginning. `chunks` begins with it all the same. Rejects with `FilesError`. */
  async sample(): Promise<Sample> {
    const chunks = this.#open();
    let length = 0;
    let isWhole = false;
    while (length < SAMPLE_BYTES) {
      // oxlint-disable-next-line no-await-in-loop -- chunks come one after another
      const next = await chunks.next();
      if (next.done === true) {
        isWhole = true;
        break;
      }
      this.#first.push(next.value);
      length += next.value.length;
    }
    this.#rest = chunks;
    const bytes = new Uint8Array(length + 1);
    let at = 0;
    for (const chunk of this.#first) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return { bytes, length, isWhole };
  }

  /** The bytes from `from` on. Rejects with `FilesError` where they are damaged, or where the bytes before have another digest. */
  async *chunks(from: number, digest: string | undefined): AsyncGenerator<Uint8Array> {
    const { path } = this.#options;
    if (from > 0 && path !== undefined && this.#isPlain) {
      this.#first = [];
      await this.#rest?.return?.();
      this.#rawBytes = from;
      yield* this.#counted(createReadStream(path, { start: from, highWaterMark: READ_BYTES }));
      return;
    }
    let skip = from;
    for await (const chunk of this.#all()) {
      const skipped = Math.min(skip, chunk.length);
      this.#hash?.update(chunk.subarray(0, skipped));
      skip -= skipped;
      if (skipped > 0 && skip === 0 && digest !== undefined && this.digest() !== digest) {
        throw new FilesError('FILES_STATE', 'Standard input is not what the job began with: start over');
      }
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
    if (skip > 0)
      throw new FilesError('FILES_STATE', 'The input is shorter than what the job has taken of it: start over');
  }

  /** Adds bytes to the digest. */
  passed(bytes: Uint8Array): void {
    this.#hash?.update(bytes);
  }

  async *#all(): AsyncGenerator<Uint8Array> {
    const first = this.#first;
    this.#first = [];
    yield* first;
    const rest = this.#rest ?? this.#open();
    yield* { [Symbol.asyncIterator]: () => rest };
  }

  #open(): AsyncGenerator<Uint8Array> {
    const { path, stdin } = this.#options;
    const source = path === undefined ? stdin : createReadStream(path, { highWaterMark: READ_BYTES });
    return this.#decoded(this.#counted(source));
  }

  async *#counted(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      this.#rawBytes += bytes.length;
      yield bytes;
    }
  }

  async *#decoded(raw: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    const unpacked = await withFirst(await this.#unpacked(raw));
    const encoding = this.#options.encoding?.toLowerCase() ?? encodingOf(unpacked.first);
    if (['utf-8', 'utf8'].includes(encoding)) {
      yield* unpacked.all;
      return;
    }
    this.#isPlain = false;
    const decoder = decoderOf(encoding);
    try {
      for await (const chunk of unpacked.all) yield Buffer.from(decoder.decode(chunk, { stream: true }));
      yield Buffer.from(decoder.decode());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new FilesError('FILES_DAMAGED', `the bytes are not ${encoding}: name the encoding with --encoding`);
    }
  }

  async #unpacked(raw: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
    const { first, all } = await withFirst(raw);
    if (!isGzip(first) && !isZstd(first)) return all;
    this.#isPlain = false;
    return damageNamed(isZstd(first) ? unzstd(all) : pipeline(Readable.from(all), createGunzip(), () => {}));
  }
}

async function* damageNamed(unpacked: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* unpacked;
  } catch {
    throw new FilesError('FILES_DAMAGED', 'the compressed bytes are damaged or cut off');
  }
}

/** Reads ahead until four bytes are there, which tell packing and encoding. */
async function withFirst(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: Uint8Array; readonly all: AsyncGenerator<Uint8Array> }> {
  const chunks = source[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < 4) {
    // oxlint-disable-next-line no-await-in-loop -- chunks come one after another
    const next = await chunks.next();
    if (next.done === true) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  const all = (async function* () {
    if (first.length > 0) yield first;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  return { first, all };
}

function encodingOf(first: Uint8Array): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new FilesError(
      'FILES_LAYOUT',
      `${encoding} is no known encoding: names are those of the WHATWG Encoding Standard, such as windows-1252`,
    );
  }
}

/** A piece of whole rows: `bytes[0 … to]`, and at least one byte more. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly to: number;
}

/** A row of more bytes is a file in another dialect. */
const MAX_ROW_BYTES = 256 * 1024 * 1024;

/**
 * Cuts chunks into pieces of about `pieceBytes`. `rowsEnd` returns where the last whole row ends, or 0. Yields at least one piece, which
 * may be empty.
 */
export async function* cutPieces(
  chunks: AsyncIterable<Uint8Array>,
  pieceBytes: number,
  rowsEnd: (bytes: Uint8Array, to: number) => number,
): AsyncGenerator<Piece> {
  let bytes = new Uint8Array(pieceBytes + 1);
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      if (length === bytes.length - 1) {
        const end = rowsEnd(bytes, length);
        if (end === 0 && length >= MAX_ROW_BYTES) {
          throw new FilesError(
            'FILES_DAMAGED',
            'a row is longer than 256 MB: the quotes of a field do not close, or the dialect is another',
          );
        }
        const rest = bytes.subarray(end, length);
        const next = new Uint8Array(end === 0 ? 2 * bytes.length : Math.max(pieceBytes, rest.length) + 1);
        next.set(rest);
        length = rest.length;
        const full = bytes;
        bytes = next;
        if (end > 0) yield { bytes: full, to: end };
      }
      const taken = Math.min(chunk.length - from, bytes.length - 1 - length);
      bytes.set(chunk.subarray(from, from + taken), length);
      length += taken;
      from += taken;
    }
  }
  yield { bytes, to: length };
}

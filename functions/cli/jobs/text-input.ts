// The bytes of a text file as UTF-8, from any place on.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FilesError } from '../../../lib/files/errors.ts';
import { begunText, type BegunText, type Sample } from '../../../lib/files/text-layout.ts';
import { decodedText } from '../../../lib/local/files/text-bytes.ts';

const READ_BYTES = 1024 * 1024;

export interface TextInputOptions {
  /** Undefined for standard input. */
  readonly path: string | undefined;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** A label of the WHATWG Encoding Standard. @default UTF-8, or what a byte order mark says */
  readonly encoding: string | undefined;
}

/** Reads one file from its beginning to its end. */
export class TextInput {
  readonly #options: TextInputOptions;
  #rawBytes = 0;
  #isPlain = true;
  #begun: BegunText | undefined;
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
    this.#begun = await begunText(this.#open());
    return this.#begun.sample;
  }

  /** The bytes from `from` on. Rejects with `FilesError` where they are damaged, or where the bytes before have another digest. */
  async *chunks(from: number, digest: string | undefined): AsyncGenerator<Uint8Array> {
    const { path } = this.#options;
    if (from > 0 && path !== undefined && this.#isPlain) {
      await this.#begun?.[Symbol.asyncDispose]();
      this.#rawBytes = from;
      yield* this.#counted(createReadStream(path, { start: from, highWaterMark: READ_BYTES }));
      return;
    }
    let skip = from;
    for await (const chunk of this.#begun?.all() ?? this.#open()) {
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

  #open(): AsyncGenerator<Uint8Array> {
    const { path, stdin } = this.#options;
    const source = path === undefined ? stdin : createReadStream(path, { highWaterMark: READ_BYTES });
    return decodedText(this.#counted(source), this.#options.encoding, () => {
      this.#isPlain = false;
    });
  }

  async *#counted(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      this.#rawBytes += bytes.length;
      yield bytes;
    }
  }
}

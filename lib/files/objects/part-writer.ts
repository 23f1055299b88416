// The output of a range as parts of an upload (S3 User Guide, "Multipart upload limits": 1 to 10,000 parts, of 5 MiB or more but the last).
import { FilesError } from '../errors.ts';
import type { OutputPart, OutputUpload } from '../ports.ts';

/** Every part but the last of an upload has at least so many bytes. */
export const MIN_PART_BYTES = 5 * 1024 * 1024;
/** The numbers that each range has for its parts. */
export const PARTS_OF_RANGE = 16;

export interface PartWriterOptions {
  readonly upload: OutputUpload;
  /** Of the range, from 0. */
  readonly index: number;
  readonly partBytes: number;
  readonly minPartBytes: number;
  /** @default PARTS_OF_RANGE */
  readonly maxParts?: number;
  /** Nothing follows: the last part may be as small as it is. */
  readonly isLast: boolean;
}

export class PartWriter {
  readonly parts: OutputPart[] = [];
  readonly #options: PartWriterOptions;
  #waiting: Uint8Array[] = [];
  #bytes = 0;

  constructor(options: PartWriterOptions) {
    this.#options = options;
  }

  async add(bytes: Uint8Array): Promise<void> {
    const { partBytes, minPartBytes } = this.#options;
    if (bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    // What waits is never less than the least part.
    if (this.#bytes >= partBytes + minPartBytes) await this.#put(partBytes);
  }

  async end(): Promise<readonly OutputPart[]> {
    const { isLast, index, minPartBytes } = this.#options;
    if (this.#bytes > 0) {
      if (!isLast && this.#bytes < minPartBytes) {
        throw new FilesError(
          'FILES_LAYOUT',
          `the range ${index + 1} leaves less than 5 MiB, because nearly all of its rows are rejected: look at its rows, or at the dialect`,
        );
      }
      await this.#put(this.#bytes);
    }
    return this.parts;
  }

  async #put(bytes: number): Promise<void> {
    const { upload, index, maxParts = PARTS_OF_RANGE } = this.#options;
    if (this.parts.length === maxParts) {
      throw new FilesError(
        'FILES_LAYOUT',
        `the output of range ${index + 1} is too large for ${maxParts} parts: split the object`,
      );
    }
    const all = Buffer.concat(this.#waiting);
    const number = index * PARTS_OF_RANGE + this.parts.length + 1;
    await upload.put(number, all.subarray(0, bytes));
    this.parts.push({ number, bytes });
    this.#waiting = [all.subarray(bytes)];
    this.#bytes = all.length - bytes;
  }
}

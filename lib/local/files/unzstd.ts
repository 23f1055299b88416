// Zstandard files of several frames (RFC 8878, section 3). Node's decompressor ends silently behind the first one, so frames are cut here
// and unpacked one by one.
import { pipeline, Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';

const MAGIC = 0xfd2fb528;
/** Skippable frames: sixteen magic numbers from this one on. */
const FIRST_SKIPPABLE = 0x184d2a50;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const RLE_BLOCK = 1;

/** Tells whether the bytes begin a Zstandard frame. */
export function isZstd(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0) === MAGIC;
}

/** Unpacks all frames. Rejects with any error for bytes that are damaged or cut off. */
export async function* unzstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(packed);
  while (!(await reader.isAtEnd())) {
    const magic = await reader.take(4);
    const number = magic.readUInt32LE(0);
    if (number === MAGIC) {
      yield* pipeline(Readable.from(frameOf(reader, magic)), createZstdDecompress(), () => {});
    } else if (number - FIRST_SKIPPABLE >= 0 && number - FIRST_SKIPPABLE < 16) {
      const size = (await reader.take(4)).readUInt32LE(0);
      for await (const _ of reader.pass(size));
    } else {
      throw new RangeError('No Zstandard frame');
    }
  }
}

/** The bytes of one frame: header, blocks up to the last one, checksum. */
async function* frameOf(reader: ByteReader, magic: Buffer): AsyncGenerator<Uint8Array> {
  yield magic;
  const descriptor = await reader.take(1);
  yield descriptor;
  const flags = descriptor[0]!;
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeFlag = flags >>> 6;
  const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
  yield* reader.pass((isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[flags & 3]! + sizeBytes);
  for (let isLast = false; !isLast; ) {
    // oxlint-disable-next-line no-await-in-loop -- each block says where the next one is
    const header = await reader.take(3);
    yield header;
    const block = header.readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    yield* reader.pass(((block >>> 1) & 3) === RLE_BLOCK ? 1 : block >>> 3);
  }
  if ((flags & 4) !== 0) yield* reader.pass(4);
}

/** Reads so many bytes, wherever the chunks end. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#more());
  }

  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.pass(length)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Rejects where there are fewer bytes. */
  async *pass(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new RangeError('The bytes are cut off');
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async #more(): Promise<boolean> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- chunks come one after another
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = next.value;
      if (this.#rest.length > 0) return true;
    }
  }
}

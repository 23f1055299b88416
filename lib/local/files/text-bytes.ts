// The bytes of a text file as UTF-8: unpacked and decoded.
import { pipeline, Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { isGzip } from '../../base/gzip.ts';
import { FilesError } from '../../files/errors.ts';
import { isZstd, unzstd } from './unzstd.ts';

/**
 * Unpacks gzip and zstd, and decodes. `encoding`: a label of the WHATWG Encoding Standard; by default UTF-8, or what a byte order mark says.
 * Calls `changed` before the first byte of a text that does not lie in the file as it is. Rejects with `FilesError`.
 */
export async function* decodedText(
  raw: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  changed: () => void,
): AsyncGenerator<Uint8Array> {
  const unpacked = await withFirst(await unpackedBytes(raw, changed));
  const name = encoding?.toLowerCase() ?? encodingOf(unpacked.first);
  if (['utf-8', 'utf8'].includes(name)) {
    yield* unpacked.all;
    return;
  }
  changed();
  const decoder = decoderOf(name);
  try {
    for await (const chunk of unpacked.all) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FilesError('FILES_DAMAGED', `the bytes are not ${name}: name the encoding with --encoding`);
  }
}

async function unpackedBytes(raw: AsyncIterable<Uint8Array>, changed: () => void): Promise<AsyncIterable<Uint8Array>> {
  const { first, all } = await withFirst(raw);
  if (!isGzip(first) && !isZstd(first)) return all;
  changed();
  return damageNamed(isZstd(first) ? unzstd(all) : pipeline(Readable.from(all), createGunzip(), () => {}));
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

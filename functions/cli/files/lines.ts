import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../../lib/base/error-code.ts';
import { gunzip, isGzip } from '../../../lib/base/gzip.ts';
import { CliError } from '../core/exit.ts';

/** Most bytes of an object once it is unzipped. Firehose writes objects of 128 MB at most, before it zips them. */
const MAX_OBJECT_BYTES = 256 * 1024 * 1024;
/** Bytes of one read. A trail may have thousands of small files, and a read takes its memory whole before it knows how much comes. */
const READ_BYTES = { least: 64 * 1024, most: 1024 * 1024 };
/** Most UTF-16 units of a line. Records have some thousand; a file without line feeds must not fill the memory. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Reads the lines of a file, zipped or not. Cuts at line feeds only: `node:readline` would also cut at U+2028, which JSON text
 * may hold. Rejects with `CliError`.
 */
export async function* linesOf(path: string, maxLine = MAX_LINE): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  try {
    for await (const chunk of unpackedChunks(path)) {
      const lines = decoder.decode(chunk, { stream: true }).split('\n');
      // A line joins its pieces only once, at its end.
      lines[0] = rest + lines[0]!;
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > maxLine) throw new CliError('CLI_USAGE', `${path} has a line of more than 16 MB`);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** Returns the lines of an object, zipped or not. Throws `CliError`. */
export function linesOfBytes(name: string, bytes: Uint8Array): readonly string[] {
  try {
    return Buffer.from(isGzip(bytes) ? gunzip(bytes, MAX_OBJECT_BYTES) : bytes)
      .toString('utf8')
      .split('\n');
  } catch (error) {
    throw new CliError('CLI_USAGE', `${name} cannot be read (${errorCode(error)})`);
  }
}

/** Unpacks by the first bytes and not by the name: Firehose writes zipped objects to S3 whose names do not say so. */
async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array> {
  // A pipe has no size.
  const { size } = await stat(path);
  const highWaterMark = Math.min(Math.max(size, READ_BYTES.least), READ_BYTES.most);
  const chunks = createReadStream(path, { highWaterMark })[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = (async function* () {
    yield first.value as Uint8Array;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  // An error of either reaches the reader of the last stream.
  yield* isGzip(first.value as Uint8Array) ? pipeline(all, createGunzip(), () => {}) : all;
}

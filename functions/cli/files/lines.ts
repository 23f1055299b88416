import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { errorCode } from '../../../lib/base/error-code.ts';
import { isGzip } from '../../../lib/base/gzip.ts';
import { CliError } from '../core/exit.ts';

/**
 * Reads the lines of a file, zipped or not. Cuts at line feeds only: `node:readline` would also cut at U+2028, which JSON text
 * may hold. Rejects with `CliError`.
 */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  try {
    for await (const chunk of unpackedChunks(path)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** Returns the lines of an object, zipped or not. Throws `CliError`. */
export function linesOfBytes(name: string, bytes: Uint8Array): readonly string[] {
  try {
    return Buffer.from(isGzip(bytes) ? gunzipSync(bytes) : bytes)
      .toString('utf8')
      .split('\n');
  } catch (error) {
    throw new CliError('CLI_USAGE', `${name} cannot be read (${errorCode(error)})`);
  }
}

/** Unpacks by the first bytes and not by the name: Firehose writes zipped objects to S3 whose names do not say so. */
async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array> {
  const chunks = createReadStream(path, { highWaterMark: 1 << 20 })[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = (async function* () {
    yield first.value as Uint8Array;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  // An error of either reaches the reader of the last stream.
  yield* isGzip(first.value as Uint8Array) ? pipeline(all, createGunzip(), () => {}) : all;
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3TileReader } from '../../lib/adapters/s3/tile-store.ts';
import { errorCode } from '../../lib/base/error-code.ts';
import type { TileReader } from '../../lib/transparency/ports.ts';
import { folderPrefix, s3Location } from '../runtime/s3-location.ts';
import { CliError } from './failure.ts';
import { linesOf, linesOfBytes } from './lines.ts';

/** What lies in a directory or below `s3://bucket/prefix`; region and credentials come from the environment. */
export function objectsAt(location: string): TileReader {
  if (!isInS3(location)) return fileTileStore(location);
  const { bucket, prefix } = parseS3Url(location);
  return s3TileReader({ client: s3Client(), bucket, prefix: folderPrefix(prefix) });
}

export function isInS3(location: string): boolean {
  return location.startsWith('s3://');
}

/** Throws `CliError`. */
export function parseS3Url(url: string): { readonly bucket: string; readonly prefix: string } {
  const location = s3Location(url);
  if (location === undefined) throw new CliError('CLI_USAGE', 'An S3 address looks like s3://bucket/prefix');
  return { bucket: location.bucket, prefix: location.path };
}

/**
 * The lines of a copy of the records: of a file, of all files of a directory or all objects below an S3 prefix, by name.
 * Rejects with `CliError` or `LogError`.
 */
export async function* recordLines(location: string): AsyncGenerator<string> {
  if (isInS3(location)) {
    const objects = objectsAt(location);
    const paths: string[] = [];
    for await (const path of objects.list('')) paths.push(path);
    for (const path of paths.toSorted()) {
      const bytes = await objects.read(path);
      if (bytes !== undefined) yield* linesOfBytes(path, bytes);
    }
    return;
  }
  const isDirectory = await stat(location).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) {
    yield* linesOf(location);
    return;
  }
  const files = (await readdir(location, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.toSorted()) yield* linesOf(path);
}

/** Rejects with `CliError`. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
}

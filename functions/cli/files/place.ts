// Places that the user names: a path, or an address in S3. The S3 client is loaded by those who name one.
import { readFile } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import type { TileReader } from '../../../lib/transparency/ports.ts';
import { folderPrefix, s3Location } from '../../runtime/s3-location.ts';
import { CliError } from '../core/exit.ts';

/** Opens a directory, or what lies below `s3://bucket/prefix`; region and credentials come from the environment. */
export async function objectsAt(place: string): Promise<TileReader> {
  if (!isInS3(place)) {
    const { fileTileStore } = await import('../../../lib/adapters/file/tile-store.ts');
    return fileTileStore(place);
  }
  const { bucket, prefix } = parseS3Url(place);
  const [{ s3TileReader }, { s3Client }] = await Promise.all([
    import('../../../lib/adapters/s3/tile-store.ts'),
    import('../../../lib/adapters/s3/client.ts'),
  ]);
  return s3TileReader({ client: s3Client(), bucket, prefix: folderPrefix(prefix) });
}

/** Opens a bucket as a store of objects. */
export async function bucketStore(bucket: string): Promise<ListableStore> {
  const [{ s3ObjectStore }, { s3Client }] = await Promise.all([
    import('../../../lib/adapters/s3/object-store.ts'),
    import('../../../lib/adapters/s3/client.ts'),
  ]);
  return s3ObjectStore({ client: s3Client(), bucket });
}

export function isInS3(place: string): boolean {
  return place.startsWith('s3://');
}

/** Throws `CliError`. */
export function parseS3Url(url: string): { readonly bucket: string; readonly prefix: string } {
  const location = s3Location(url);
  if (location === undefined) throw new CliError('CLI_USAGE', 'An S3 address looks like s3://bucket/prefix');
  return { bucket: location.bucket, prefix: location.path };
}

/** Rejects with `CliError`. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} cannot be read (${errorCode(error)})`);
  }
}

import { stat } from 'node:fs/promises';
import { fileObjectStore } from '../../../lib/adapters/file/object-store.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import { CliError } from '../core/exit.ts';
import { bucketStore, isInS3, parseS3Url } from '../files/place.ts';
import { requireInitialised, workspace } from '../workspace/workspace.ts';

/** Opens the store of a forwarder: a directory, or `s3://bucket`. Rejects with `CliError`. */
export async function openStore(place: string): Promise<ListableStore> {
  if (isInS3(place)) return bucketStore(parseS3Url(place).bucket);
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new CliError('CLI_USAGE', `There is no directory ${place} (an S3 store looks like s3://bucket)`);
  }
  return fileObjectStore(place);
}

/** Opens the store that was named, or else that of the workspace. Rejects with `CliError`. */
export async function openStoreOf(dir: string, place: string | undefined): Promise<ListableStore> {
  if (place !== undefined) return openStore(place);
  const ws = workspace(dir);
  requireInitialised(ws);
  return fileObjectStore(ws.forwarder);
}

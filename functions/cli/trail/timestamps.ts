// Timestamps of checkpoints: who is asked for them, and whose count.
import { randomBytes } from 'node:crypto';
import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { httpTimestampAuthority } from '../../../lib/adapters/http/timestamp-authority.ts';
import { outboundGuard } from '../../../lib/adapters/outbound/guard.ts';
import { concat } from '../../../lib/base/bytes.ts';
import {
  checkpointPath,
  cosignaturesPath,
  NEWEST_CHECKPOINT,
  timestampNumber,
  timestampPath,
  TIMESTAMPS,
} from '../../../lib/transparency/layout.ts';
import type { TileReader, TimestampAuthority } from '../../../lib/transparency/ports.ts';
import { stampCheckpoint, type StampReport } from '../../../lib/transparency/timestamping.ts';
import type { TimestampRules } from '../../../lib/transparency/verify-timestamps.ts';
import { CliError } from '../core/exit.ts';
import { readBytes } from '../files/place.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Longest wait for an authority. */
const LIMIT_MS = 10_000;

/** Makes the clients of authorities. Throws `CliError` for a wrong URL. */
export function authoritiesAt(urls: readonly string[]): readonly TimestampAuthority[] {
  const guard = outboundGuard({ loopback: true });
  return urls.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new CliError('CLI_USAGE', '--tsa-url is the address of a timestamp authority, such as https://host/tsr');
    }
    return httpTimestampAuthority({ url, guard, timeoutMs: LIMIT_MS });
  });
}

/** Asks authorities for a timestamp of a checkpoint of a workspace, unless it has one. */
export function stampOfWorkspace(
  ws: Workspace,
  authorities: readonly TimestampAuthority[],
  number: number,
): Promise<StampReport> {
  return stampCheckpoint({ store: fileTileStore(ws.merkleLog), authorities, nonce: () => randomBytes(8) }, number);
}

/** Makes the rules for timestamps of the authorities whose certificates are in `files` (PEM). Rejects with `CliError`. */
export async function timestampRules(
  files: readonly string[],
  limits: Pick<TimestampRules, 'withinS' | 'fromS'>,
): Promise<TimestampRules> {
  const { parseCertificates, splitTokens, verifyTimestamp } = await import('../../../lib/transparency/timestamp.ts');
  const texts = await Promise.all(files.map(async (file) => Buffer.from(await readBytes(file)).toString('latin1')));
  const authorities = texts.flatMap(parseCertificates);
  return { ...limits, split: splitTokens, verify: (token, bytes) => verifyTimestamp(token, bytes, authorities) };
}

/**
 * The log as it was at its newest checkpoint with a timestamp, with the cosignatures of that, and the timestamp. Rejects
 * with `CliError`.
 */
export async function newestStamped(
  reader: TileReader,
  log: string,
): Promise<{ readonly reader: TileReader; readonly tokens: Uint8Array }> {
  let newest = -1;
  for await (const path of reader.list(TIMESTAMPS)) newest = Math.max(newest, timestampNumber(path) ?? -1);
  const tokens = newest === -1 ? undefined : await reader.read(timestampPath(newest));
  if (tokens === undefined) throw new CliError('CLI_BAD', `${log} has no timestamp`);
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    if (path !== NEWEST_CHECKPOINT) return reader.read(path);
    const parts = [checkpointPath(newest), cosignaturesPath(newest)].map((part) => reader.read(part));
    const [checkpoint, cosignatures = new Uint8Array()] = await Promise.all(parts);
    return checkpoint && concat([checkpoint, cosignatures]);
  };
  return { reader: { read, list: (prefix) => reader.list(prefix) }, tokens };
}

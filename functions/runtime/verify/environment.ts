import { cloudWatchLogsReader } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { readLogMessages } from '../../../lib/adapters/cloudwatch-logs/read-log-group.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3TileReader, s3TileStore } from '../../../lib/adapters/s3/tile-store.ts';
import { once } from '../../../lib/base/once.ts';
import { DEFAULT_SETTLED_AFTER_S, VERIFIER_ENV as ENV } from '../../../lib/contract/log-verifier.ts';
import { copiedLines } from '../../../lib/evidence/find-unsealed.ts';
import { folderPrefix, s3Location } from '../s3-location.ts';
import { listOf, optionalWholeNumber, required, wrongSetting } from '../settings.ts';
import type { UnusableKey, VerifierEnvironment } from './log-verifier.ts';

/** Makes the environment of the log verifier once per execution environment: CloudWatch Logs and S3. */
export const verifierEnvironment = once((): Promise<VerifierEnvironment> => {
  const logGroup = required(ENV.logGroup);
  const log = folder(ENV.logLocation, required(ENV.logLocation));
  const memory = folder(ENV.memoryLocation, required(ENV.memoryLocation));
  const settledAfterS = optionalWholeNumber(ENV.settledAfterS, { min: 1 }) ?? DEFAULT_SETTLED_AFTER_S;
  const client = s3Client();
  const logs = cloudWatchLogsReader();
  const watched = listOf(ENV.watchedKeys, ',');
  return Promise.resolve({
    written: (fromMs, toMs) => copiedLines(readLogMessages({ client: logs, logGroup, fromMs, toMs })),
    log: s3TileReader({ client, ...log }),
    memory: s3TileStore({ client, ...memory, isEvidence: () => false }),
    settledAfterMs: settledAfterS * 1000,
    nowMs: Date.now,
    ...(watched.length > 0 && { unusableKeys: () => unusableKeys(watched) }),
  });
});

/** Loads the client on demand, as few deployments by hand watch keys. */
async function unusableKeys(watched: readonly string[]): Promise<readonly UnusableKey[]> {
  const { kmsClient } = await import('../../../lib/adapters/kms/client.ts');
  const { whyUnusable } = await import('../../../lib/adapters/kms/key-state.ts');
  const client = kmsClient();
  const found = await Promise.all(watched.map(async (key) => ({ key, state: await whyUnusable(client, key) })));
  return found.flatMap(({ key, state }) => (state === undefined ? [] : [{ key, state }]));
}

function folder(name: string, address: string): { readonly bucket: string; readonly prefix: string } {
  const location = s3Location(address);
  if (location === undefined) throw wrongSetting(name, 'must be s3://bucket/prefix');
  return { bucket: location.bucket, prefix: folderPrefix(location.path) };
}

import { kmsCheckpointSigner } from '../../../lib/adapters/kms/checkpoint-signer.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3TileStore } from '../../../lib/adapters/s3/tile-store.ts';
import { once } from '../../../lib/base/once.ts';
import { SEALER_ENV as ENV } from '../../../lib/contract/log-sealer.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { isEvidence } from '../../../lib/transparency/layout.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import { parseVerifierKey } from '../../../lib/transparency/note.ts';
import { folderPrefix, s3Location } from '../s3-location.ts';
import { required, wrongSetting } from '../settings.ts';
import type { SealerEnvironment } from './log-sealer.ts';

/** The environment of an AWS Lambda function: S3 and KMS. Made once per execution environment. */
export const sealerEnvironment = once(async (): Promise<SealerEnvironment> => {
  const location = s3Location(required(ENV.logLocation));
  if (location === undefined) throw wrongSetting(ENV.logLocation, 'is not s3://bucket/prefix');
  const days = optionalNumber(ENV.logRetentionDays);
  const everyS = optionalNumber(ENV.checkpointIntervalS) ?? 300;
  const store = s3TileStore({
    client: s3Client(),
    bucket: location.bucket,
    prefix: folderPrefix(location.path),
    isEvidence,
    ...(days === undefined ? {} : { retention: { mode: 'COMPLIANCE', days } }),
  });
  const log = new LogWriter({
    store,
    origin: required(ENV.logOrigin),
    signer: await kmsCheckpointSigner({ client: kmsClient(), keyId: required(ENV.checkpointKeyId) }),
    formerKeys: (process.env[ENV.formerCheckpointKeys] ?? '').split(/\s+/).filter(Boolean).map(parseVerifierKey),
    nowMs: Date.now,
    // Twice the interval: one late stroke of the clock is no gap.
    dueAfterS: 2 * everyS,
  });
  return { sealer: new Sealer(log, store), everyS, nowMs: Date.now };
});

function optionalNumber(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw wrongSetting(name, 'is not a whole number from 1');
  return Number(text);
}

import { randomBytes } from 'node:crypto';
import { httpTimestampAuthority } from '../../../lib/adapters/http/timestamp-authority.ts';
import { httpWitness } from '../../../lib/adapters/http/witness.ts';
import { kmsCheckpointSigner } from '../../../lib/adapters/kms/checkpoint-signer.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { outboundGuard } from '../../../lib/adapters/outbound/guard.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3TileStore } from '../../../lib/adapters/s3/tile-store.ts';
import { once } from '../../../lib/base/once.ts';
import {
  DEFAULT_CHECKPOINT_INTERVAL_S,
  SEALER_ENV as ENV,
  TIMESTAMP_LIMIT_MS,
  WITNESS_BUDGET_MS,
} from '../../../lib/contract/log-sealer.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { parseWitnessKey } from '../../../lib/transparency/cosignature.ts';
import { type Cosigner, Cosigners } from '../../../lib/transparency/cosigning.ts';
import { isEvidence } from '../../../lib/transparency/layout.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import { parseVerifierKey } from '../../../lib/transparency/note.ts';
import type { TimestampAuthority } from '../../../lib/transparency/ports.ts';
import { stampCheckpoint } from '../../../lib/transparency/timestamping.ts';
import { folderPrefix, s3Location } from '../s3-location.ts';
import { listOf, optionalWholeNumber, required, wrongSetting } from '../settings.ts';
import type { SealerEnvironment } from './log-sealer.ts';

/** Makes the environment of the log sealer once per execution environment: S3 and KMS. */
export const sealerEnvironment = once(async (): Promise<SealerEnvironment> => {
  const location = s3Location(required(ENV.logLocation));
  if (location === undefined) throw wrongSetting(ENV.logLocation, 'must be s3://bucket/prefix');
  const days = optionalWholeNumber(ENV.logRetentionDays, { min: 1 });
  const everyS = optionalWholeNumber(ENV.checkpointIntervalS, { min: 1 }) ?? DEFAULT_CHECKPOINT_INTERVAL_S;
  const authorities = timestampAuthorities(listOf(ENV.timestampUrls, /\s+/));
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
    formerKeys: listOf(ENV.formerCheckpointKeys, /\s+/).map(parseVerifierKey),
    nowMs: Date.now,
    // Twice the interval: one late run of the schedule is no gap.
    dueAfterS: 2 * everyS,
    witnesses: new Cosigners(witnesses(), () => AbortSignal.timeout(WITNESS_BUDGET_MS)),
  });
  return {
    sealer: new Sealer(log, store),
    everyS,
    nowMs: Date.now,
    ...(authorities.length > 0 && {
      stamp: (checkpoint) => stampCheckpoint({ store, authorities, nonce: () => randomBytes(8) }, checkpoint),
    }),
  };
});

function witnesses(): Cosigner[] {
  return listOf(ENV.witnesses, ',').map((pair) => {
    const [key = '', url = ''] = pair.split(/\s+/);
    try {
      return { key: parseWitnessKey(key), client: httpWitness({ url: new URL(url), timeoutMs: WITNESS_BUDGET_MS }) };
    } catch {
      throw wrongSetting(ENV.witnesses, 'must be pairs of a verifier key of a witness and an https:// URL');
    }
  });
}

function timestampAuthorities(urls: readonly string[]): readonly TimestampAuthority[] {
  const guard = outboundGuard();
  try {
    return urls.map((url) => httpTimestampAuthority({ url: new URL(url), guard, timeoutMs: TIMESTAMP_LIMIT_MS }));
  } catch {
    throw wrongSetting(ENV.timestampUrls, 'must be URLs of timestamp authorities, separated by spaces');
  }
}

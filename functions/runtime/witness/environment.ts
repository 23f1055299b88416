import { kmsCheckpointSigner } from '../../../lib/adapters/kms/checkpoint-signer.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3TileStore } from '../../../lib/adapters/s3/tile-store.ts';
import { once } from '../../../lib/base/once.ts';
import { WITNESS_ENV as ENV } from '../../../lib/contract/witness.ts';
import { parseVerifierKey } from '../../../lib/transparency/note.ts';
import { isWitnessEvidence, Witness } from '../../../lib/transparency/witness.ts';
import { folderPrefix, s3Location } from '../s3-location.ts';
import { listOf, optionalWholeNumber, required, wrongSetting } from '../settings.ts';

/** Makes the witness once per execution environment: S3 and KMS. */
export const witnessEnvironment = once(async (): Promise<Witness> => {
  const location = s3Location(required(ENV.witnessLocation));
  if (location === undefined) throw wrongSetting(ENV.witnessLocation, 'must be s3://bucket/prefix');
  const days = optionalWholeNumber(ENV.witnessRetentionDays, { min: 1 });
  required(ENV.witnessedLogs);
  return new Witness({
    name: required(ENV.witnessName),
    signer: await kmsCheckpointSigner({ client: kmsClient(), keyId: required(ENV.witnessKeyId) }),
    logs: listOf(ENV.witnessedLogs, /\s+/).map(parseVerifierKey),
    store: s3TileStore({
      client: s3Client(),
      bucket: location.bucket,
      prefix: folderPrefix(location.path),
      isEvidence: isWitnessEvidence,
      ...(days === undefined ? {} : { retention: { mode: 'COMPLIANCE', days } }),
    }),
    nowMs: Date.now,
  });
});

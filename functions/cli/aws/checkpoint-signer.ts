import type { CheckpointSigner } from '../../../lib/transparency/ports.ts';

/** Opens a checkpoint key in KMS, by its id, ARN or alias. Rejects as the adapter does. */
export async function checkpointSignerInKms(keyId: string): Promise<CheckpointSigner> {
  // Loaded when it is needed: the SDK takes longer to load than most commands to run.
  const [{ kmsCheckpointSigner }, { kmsClient }] = await Promise.all([
    import('../../../lib/adapters/kms/checkpoint-signer.ts'),
    import('../../../lib/adapters/kms/client.ts'),
  ]);
  return kmsCheckpointSigner({ client: kmsClient(), keyId });
}

// Signs checkpoints with AWS KMS (GetPublicKey, Sign): the private key never leaves the service.
import { GetPublicKeyCommand, type KMSClient, SignCommand, type SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import { LogError } from '../../transparency/errors.ts';
import type { CheckpointAlgorithm, CheckpointSigner } from '../../transparency/ports.ts';
import { failure } from './failure.ts';

export interface KmsCheckpointSignerOptions {
  /** Sets time-outs and retries; see `kmsClient`. */
  readonly client: KMSClient;
  /** Key id, ARN or alias. The key's spec is ECC_NIST_EDWARDS25519, or ECC_NIST_P256 where a Region lacks that. */
  readonly keyId: string;
}

/** Both take the message itself (RAW): Ed25519 because the algorithm does, ECDSA so that KMS makes the digest. */
const ALGORITHMS: readonly (readonly [SigningAlgorithmSpec, CheckpointAlgorithm])[] = [
  ['ED25519_SHA_512', 'ed25519'],
  ['ECDSA_SHA_256', 'ecdsa-p256'],
];

/**
 * Signs with a KMS key. Asks for its public key once. Needs `kms:GetPublicKey` and `kms:Sign`. Rejects with `LogError`
 * `LOG_SIGNER_UNAVAILABLE` or `LOG_SIGNER_REFUSED`, the latter also for a key of another spec.
 */
export async function kmsCheckpointSigner({ client, keyId }: KmsCheckpointSignerOptions): Promise<CheckpointSigner> {
  const described = await client.send(new GetPublicKeyCommand({ KeyId: keyId })).catch((error: unknown) => {
    throw mapped('GetPublicKey', error);
  });
  const { PublicKey: spki, SigningAlgorithms: offered = [] } = described;
  const [signing, algorithm] = ALGORITHMS.find(([name]) => offered.includes(name)) ?? [];
  if (algorithm === undefined || spki === undefined) {
    throw new LogError('LOG_SIGNER_REFUSED', 'The KMS key is none for Ed25519 or for ECDSA over P-256');
  }
  return {
    publicKey: { algorithm, spki },
    async sign(message) {
      const { Signature: signature } = await client
        .send(new SignCommand({ KeyId: keyId, Message: message, MessageType: 'RAW', SigningAlgorithm: signing }))
        .catch((error: unknown) => {
          throw mapped('Sign', error);
        });
      if (signature === undefined) throw new LogError('LOG_SIGNER_REFUSED', 'KMS Sign did not answer with a signature');
      return signature;
    },
  };
}

function mapped(operation: string, error: unknown): LogError {
  const { name, passes } = failure(error);
  return new LogError(passes ? 'LOG_SIGNER_UNAVAILABLE' : 'LOG_SIGNER_REFUSED', `KMS ${operation} failed: ${name}`);
}

// Wraps data keys with AWS KMS (GenerateDataKey, Decrypt) under an encryption context.
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { Secret } from '../../base/secret.ts';
import { type EncryptionContext, type KeyService, KeyServiceError } from '../../crypto/ports.ts';
import { failure } from './failure.ts';

export interface KmsKeyServiceOptions {
  /** Sets time-outs and retries; see `kmsClient`. */
  readonly client: KMSClient;
  /**
   * Key id, ARN or alias of the key that wraps new data keys.
   *
   * @default - none: the service unwraps only, which needs no more than `kms:Decrypt`
   */
  readonly keyId?: string;
}

const KEY_BYTES = 32;

/**
 * Wraps data keys under a KMS key. Makes no retries itself. `DataKey.keyId` is the ARN in the reply of KMS. A data key that was
 * wrapped under a multi-Region key in another Region is unwrapped by its replica in the Region of the client.
 */
export function kmsKeyService({ client, keyId }: KmsKeyServiceOptions): KeyService {
  return {
    async generateDataKey(context: EncryptionContext) {
      if (keyId === undefined) throw new KeyServiceError('KEY_REFUSED', 'No KMS key is set for wrapping data keys');
      const reply = await client
        .send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: { ...context } }))
        .catch((error: unknown) => {
          throw mapped('GenerateDataKey', error);
        });
      if (reply.KeyId === undefined || reply.CiphertextBlob === undefined) throw incomplete('GenerateDataKey');
      const plaintext = secretKey('GenerateDataKey', reply.Plaintext);
      return { keyId: reply.KeyId, plaintext, wrapped: reply.CiphertextBlob };
    },

    async unwrapDataKey(wrappingKeyId: string, wrapped: Uint8Array, context: EncryptionContext) {
      // KeyId is optional in Decrypt; with it, KMS refuses a blob that is wrapped under another key.
      const reply = await client
        .send(
          new DecryptCommand({
            KeyId: await inRegionOf(client, wrappingKeyId),
            CiphertextBlob: wrapped,
            EncryptionContext: { ...context },
          }),
        )
        .catch((error: unknown) => {
          throw mapped('Decrypt', error);
        });
      return secretKey('Decrypt', reply.Plaintext);
    },
  };
}

/** ARN of a multi-Region key: what stands before its Region, and what stands after it. */
const MULTI_REGION_KEY = /^(arn:[\w-]+:kms:)[\w-]+(:\d{12}:key\/mrk-[\da-f]+)$/;

/**
 * Returns the ARN of the related key in the Region of the client. Related keys have one key id (KMS Developer Guide, "How
 * multi-Region keys work"), and KMS refuses an ARN of another Region. Every other name stays as it is.
 */
async function inRegionOf({ config }: KMSClient, keyId: string): Promise<string> {
  const [, before, after] = MULTI_REGION_KEY.exec(keyId) ?? [];
  return before === undefined ? keyId : `${before}${await config.region()}${after}`;
}

function secretKey(operation: string, bytes: Uint8Array | undefined): Secret {
  if (bytes?.length !== KEY_BYTES) throw incomplete(operation);
  return new Secret(bytes);
}

function incomplete(operation: string): KeyServiceError {
  return new KeyServiceError('KEY_REFUSED', `KMS ${operation} did not answer with a 256-bit key`);
}

function mapped(operation: string, error: unknown): KeyServiceError {
  const { name, passes, throttled } = failure(error);
  const code = throttled ? 'KEY_SERVICE_THROTTLED' : passes ? 'KEY_SERVICE_UNAVAILABLE' : 'KEY_REFUSED';
  return new KeyServiceError(code, `KMS ${operation} failed: ${name}`);
}

// Tenants' keys in AWS KMS: GenerateDataKey, Encrypt and Decrypt with an encryption context, each key in its own
// Region.
import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { Secret } from '../../base/secret.ts';
import type { EncryptionContext } from '../../crypto/ports.ts';
import { TenantError } from '../../tenants/errors.ts';
import type { TenantKms } from '../../tenants/ports.ts';
import { kmsClient } from './client.ts';
import { failure } from './failure.ts';

export interface KmsTenantKmsOptions {
  /** Returns the client of a Region; called once for each. @default `kmsClient` with its time limits */
  readonly clientFor?: (region: string) => KMSClient;
}

const KEY_BYTES = 32;
/** `arn:partition:kms:region:account:key/id` */
const KEY_ARN = /^arn:[a-z-]+:kms:([a-z0-9-]+):\d{12}:key\/.+$/;

type Operation = 'GenerateDataKey' | 'Encrypt' | 'Decrypt';

/** Error name of KMS → code for the tenant (AWS KMS API Reference: errors of the three operations, common errors). */
const CODES: Readonly<Record<string, TenantError['code']>> = {
  AccessDeniedException: 'KMS_AUTHORIZATION_FAILED',
  CredentialsProviderError: 'KMS_AUTHORIZATION_FAILED',
  ExpiredToken: 'KMS_AUTHORIZATION_FAILED',
  ExpiredTokenException: 'KMS_AUTHORIZATION_FAILED',
  IncompleteSignature: 'KMS_AUTHORIZATION_FAILED',
  IncompleteSignatureException: 'KMS_AUTHORIZATION_FAILED',
  InvalidClientTokenId: 'KMS_AUTHORIZATION_FAILED',
  InvalidGrantTokenException: 'KMS_AUTHORIZATION_FAILED',
  InvalidSignatureException: 'KMS_AUTHORIZATION_FAILED',
  MissingAuthenticationToken: 'KMS_AUTHORIZATION_FAILED',
  MissingAuthenticationTokenException: 'KMS_AUTHORIZATION_FAILED',
  NotAuthorized: 'KMS_AUTHORIZATION_FAILED',
  RequestExpired: 'KMS_AUTHORIZATION_FAILED',
  UnrecognizedClientException: 'KMS_AUTHORIZATION_FAILED',
  DisabledException: 'KMS_CONFIGURATION_INVALID',
  InvalidArnException: 'KMS_CONFIGURATION_INVALID',
  InvalidKeyUsageException: 'KMS_CONFIGURATION_INVALID',
  KMSInvalidStateException: 'KMS_CONFIGURATION_INVALID',
  NotFoundException: 'KMS_CONFIGURATION_INVALID',
  UnsupportedOperationException: 'KMS_CONFIGURATION_INVALID',
  IncorrectKeyException: 'INVALID_PROVIDED_EDEK',
  InvalidCiphertextException: 'INVALID_PROVIDED_EDEK',
  OptInRequired: 'KMS_ACCOUNT_ISSUE',
  SubscriptionRequiredException: 'KMS_ACCOUNT_ISSUE',
};

/**
 * Uses keys by ARN, each in the Region that its ARN names, with the credentials of this service: the key's policy
 * decides. Needs `kms:GenerateDataKey`, `kms:Encrypt` and `kms:Decrypt`. Makes no retries itself; the client does, in
 * bounded time.
 */
export function kmsTenantKms({ clientFor = (region) => kmsClient({ region }) }: KmsTenantKmsOptions = {}): TenantKms {
  const clients = new Map<string, KMSClient>();

  function clientOf(key: string): KMSClient {
    const region = KEY_ARN.exec(key)?.[1];
    if (region === undefined) throw new TenantError('KMS_CONFIGURATION_INVALID', 'The key is no ARN of an AWS KMS key');
    const client = clients.get(region) ?? clientFor(region);
    clients.set(region, client);
    return client;
  }

  return {
    async generate(key: string, context: EncryptionContext) {
      const command = new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256', EncryptionContext: { ...context } });
      const reply = await clientOf(key).send(command).catch(mapped('GenerateDataKey'));
      return {
        plaintext: plaintextOf('GenerateDataKey', reply.Plaintext),
        wrapped: wrappedOf('GenerateDataKey', reply.CiphertextBlob),
      };
    },

    async wrap(key: string, plaintext: Secret, context: EncryptionContext) {
      const command = new EncryptCommand({
        KeyId: key,
        Plaintext: plaintext.expose(),
        EncryptionContext: { ...context },
      });
      const reply = await clientOf(key).send(command).catch(mapped('Encrypt'));
      return wrappedOf('Encrypt', reply.CiphertextBlob);
    },

    async unwrap(key: string, wrapped: Uint8Array, context: EncryptionContext) {
      // KeyId is optional in Decrypt; with it, KMS refuses a key that is wrapped under another one.
      const command = new DecryptCommand({ KeyId: key, CiphertextBlob: wrapped, EncryptionContext: { ...context } });
      const reply = await clientOf(key).send(command).catch(mapped('Decrypt'));
      return plaintextOf('Decrypt', reply.Plaintext);
    },
  };
}

function plaintextOf(operation: Operation, bytes: Uint8Array | undefined): Secret {
  if (bytes?.length !== KEY_BYTES) throw unusable(operation, 'the reply holds no 256-bit key');
  return new Secret(bytes);
}

function wrappedOf(operation: Operation, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined || bytes.length === 0) throw unusable(operation, 'the reply holds no wrapped key');
  return bytes;
}

function mapped(operation: Operation): (error: unknown) => never {
  return (error) => {
    const { name, passes, throttled } = failure(error);
    const code = CODES[name];
    if (code !== undefined) throw new TenantError(code, `KMS ${operation} failed: ${name}`);
    if (isUnreadable(error)) throw unusable(operation, 'the reply cannot be read');
    if (throttled) throw new TenantError('KMS_THROTTLED', `KMS ${operation} failed: ${name}`);
    if (passes) throw new TenantError('KMS_UNREACHABLE', `KMS ${operation} failed: ${name}`);
    throw unusable(operation, name);
  };
}

/** Tests for a reply that the SDK could not parse as JSON. */
function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError;
}

function unusable(operation: Operation, why: string): TenantError {
  const code = operation === 'Decrypt' ? 'KMS_UNWRAP_FAILED' : 'KMS_WRAP_FAILED';
  return new TenantError(code, `KMS ${operation} failed: ${why}`);
}

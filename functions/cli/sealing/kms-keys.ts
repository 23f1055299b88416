import type { KeyService } from '../../../lib/crypto/ports.ts';

/** Returns what opens KMS, in the Region of the key's ARN. With the id of a key it seals too. */
export async function kmsKeys(): Promise<(keyId: string | undefined) => KeyService> {
  // Loaded when it is needed: the SDK takes longer to load than most commands to run.
  const [{ kmsClient }, { kmsKeyService }] = await Promise.all([
    import('../../../lib/adapters/kms/client.ts'),
    import('../../../lib/adapters/kms/key-service.ts'),
  ]);
  return (keyId) => kmsKeyService({ client: kmsClient(regionOf(keyId)), ...(keyId === undefined ? {} : { keyId }) });
}

/** A key is called in the Region of its ARN, else in that of the environment. */
function regionOf(keyId: string | undefined): { readonly region?: string } {
  const region = /^arn:[^:]*:kms:([^:]+):/.exec(keyId ?? '')?.[1];
  return region === undefined ? {} : { region };
}

// Asks AWS KMS whether a key can be used (DescribeKey). KMS writes no metric of it, and tells EventBridge only of keys that are
// deleted already.
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { failure } from './failure.ts';

/** States in which KMS uses a key (KMS Developer Guide, "Key states"). */
const USABLE: ReadonlySet<string> = new Set(['Enabled', 'Updating']);

/**
 * Returns why the key of this alias, id or ARN cannot be used: its state, or the name of the error of KMS. Returns
 * undefined for a usable key. Needs `kms:DescribeKey`.
 */
export async function whyUnusable(client: KMSClient, keyId: string): Promise<string | undefined> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
    const state = KeyMetadata?.KeyState ?? 'unknown';
    return USABLE.has(state) ? undefined : state;
  } catch (error) {
    return failure(error).name;
  }
}

import { randomBytes as systemRandomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { createKeyFile, type NamedKey, readKeyFile, uuidOf } from './key-file.ts';

/** Reads the audit signing key. Rejects with `KeyFileError`, which names the path and never the content. */
export function readSigningKey(path: string): Promise<NamedKey> {
  return readKeyFile(path);
}

/** Reads the id of the audit signing key. Rejects as `readSigningKey` does. */
export async function readSigningKeyId(path: string): Promise<string> {
  const { keyId, key } = await readKeyFile(path);
  key.destroy();
  return keyId;
}

/**
 * Makes a new audit signing key, independent of every other key, and returns its id. Rejects with `KeyFileError`; never
 * overwrites.
 */
export async function createSigningKey(
  path: string,
  randomBytes: (size: number) => Uint8Array = systemRandomBytes,
): Promise<string> {
  const keyId = uuidOf(randomBytes(16));
  await createKeyFile(path, keyId, new Secret(randomBytes(32)));
  return keyId;
}

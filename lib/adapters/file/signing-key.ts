import { randomBytes as systemRandomBytes } from 'node:crypto';
import { createKeyFile, type NamedKey, readKeyFile, uuidOf } from './key-file.ts';

/** Reads the audit signing key. Rejects with `KeyFileError`, which names the path and never the content. */
export function readSigningKey(path: string): Promise<NamedKey> {
  return readKeyFile(path);
}

/** Makes a new audit signing key, independent of every other key. Rejects with `KeyFileError`; never overwrites. */
export function createSigningKey(
  path: string,
  randomBytes: (size: number) => Uint8Array = systemRandomBytes,
): Promise<NamedKey> {
  return createKeyFile(path, uuidOf(randomBytes(16)), randomBytes(32));
}

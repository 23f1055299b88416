// Tenants' keys in files: for trying the product out, never for real data.
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Secret } from '../../base/secret.ts';
import type { EncryptionContext } from '../../crypto/ports.ts';
import { TenantError } from '../../tenants/errors.ts';
import type { TenantKms } from '../../tenants/ports.ts';
import { createKeyFile, KeyFileError, readKeyFile } from './key-file.ts';
import { unwrapKey, wrapKey } from './wrapped-key.ts';

const KEY = /^insecure-local:([A-Za-z0-9-]{1,64})$/;
const KEY_BYTES = 32;

/**
 * Implements `TenantKms` over key files in `directory`: `insecure-local:acme` is `acme.json`. Reads a file at each
 * call, so that moving it away revokes the key, and putting it back restores it. Insecure because any reader of the
 * files can open everything unnoticed.
 */
export function insecureLocalTenantKms(directory: string): TenantKms {
  async function keyOf(key: string): Promise<Secret> {
    const path = pathOf(directory, key);
    try {
      const { keyId, key: bytes } = await readKeyFile(path);
      if (keyId === key) return bytes;
      bytes.destroy();
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error;
      throw new TenantError('KMS_CONFIGURATION_INVALID', error.message);
    }
    throw new TenantError('KMS_CONFIGURATION_INVALID', `Key file ${path} holds another key than it is named after`);
  }

  return {
    async generate(key: string, context: EncryptionContext) {
      const plaintext = systemRandomBytes(KEY_BYTES);
      return { wrapped: wrapped(await keyOf(key), plaintext, context), plaintext: new Secret(plaintext) };
    },

    async wrap(key: string, plaintext: Secret, context: EncryptionContext) {
      return wrapped(await keyOf(key), plaintext.expose(), context);
    },

    async unwrap(key: string, bytes: Uint8Array, context: EncryptionContext) {
      using wrapping = await keyOf(key);
      const opened = unwrapKey(wrapping, bytes, context);
      if (opened !== undefined) return opened;
      // One error for every cause, as in KMS.
      throw new TenantError('INVALID_PROVIDED_EDEK', 'The local key does not open this');
    },
  };
}

/**
 * Makes the file of a key such as `insecure-local:acme`. Rejects with `KeyFileError`: `KEY_FILE_EXISTS` for an existing
 * file.
 */
export async function createInsecureLocalTenantKey(
  directory: string,
  key: string,
  randomBytes: (size: number) => Uint8Array = systemRandomBytes,
): Promise<void> {
  await createKeyFile(pathOf(directory, key), key, new Secret(randomBytes(KEY_BYTES)));
}

function wrapped(key: Secret, plaintext: Uint8Array, context: EncryptionContext): Uint8Array {
  using wrapping = key;
  return wrapKey(wrapping, plaintext, context);
}

function pathOf(directory: string, key: string): string {
  const name = KEY.exec(key)?.[1];
  if (name === undefined) throw new TenantError('KMS_CONFIGURATION_INVALID', 'The key is none of a local file');
  return join(directory, `${name}.json`);
}

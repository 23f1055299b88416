// Ed25519 (RFC 8032) with a key in a file: for trying the product out, never for real data.
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes as systemRandomBytes, sign } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { LogError } from '../../transparency/errors.ts';
import type { CheckpointSigner } from '../../transparency/ports.ts';
import { createKeyFile, KeyFileError, readKeyFile, uuidOf } from './key-file.ts';

/** The prefix of the 32-byte private key in PKCS #8 (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs with the key file at `path`. Insecure because any reader of the file can sign another history. Rejects with
 * `LogError` `LOG_SIGNER_REFUSED`, which names the path and never the content.
 */
export async function insecureLocalCheckpointSigner(path: string): Promise<CheckpointSigner> {
  const key = privateKeyOf(await read(path));
  return {
    publicKey: { algorithm: 'ed25519', spki: createPublicKey(key).export({ format: 'der', type: 'spki' }) },
    sign: (message) => Promise.resolve(sign(null, message, key)),
  };
}

/** Makes the key file for `insecureLocalCheckpointSigner`. Rejects with `KeyFileError`; never overwrites. */
export async function createInsecureLocalCheckpointKey(
  path: string,
  randomBytes: (size: number) => Uint8Array = systemRandomBytes,
): Promise<void> {
  await createKeyFile(path, `insecure-local:${uuidOf(randomBytes(16))}`, new Secret(randomBytes(32)));
}

async function read(path: string): Promise<Secret> {
  try {
    return (await readKeyFile(path)).key;
  } catch (error) {
    const message = error instanceof KeyFileError ? error.message : `Key file ${path} cannot be used`;
    throw new LogError('LOG_SIGNER_REFUSED', message);
  }
}

function privateKeyOf(secret: Secret): KeyObject {
  using seed = secret;
  const der = Buffer.concat([PKCS8, seed.expose()]);
  using _ = new Secret(der);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

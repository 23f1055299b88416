// Keys that verify tokens, each with the algorithms of its own kind: a token that chose could choose the public key as a
// secret (RFC 8725, 3.1).

import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import { publicKey, sharedSecret } from '../../../contract/token-keys.ts';
import { wrongSetting } from '../settings.ts';

/** Keys and their allowed algorithms, regardless of the token. */
export interface VerifyingKeys {
  /** The key, or a function that finds the key of a token by its header and rejects with an error of jose. */
  readonly key: KeyObject | JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** Keys that are read from elsewhere, and may be replaced there. */
export interface TokenKeys {
  /** Rejects with `RefusedError` when there are none that may still be used. */
  current(): Promise<VerifyingKeys>;
  /** Returns keys that are newer than `seen`, which do not verify a token; undefined when there are none. */
  newerThan(seen: VerifyingKeys): Promise<VerifyingKeys | undefined>;
}

/** RFC 7518, 3.3. */
export const MIN_RSA_BITS = 2048;
export const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
/** RFC 7518, 3.4: each algorithm goes with one curve. */
const EC_ALGORITHMS: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'];

/** Reads a shared secret; from `jwt_secret_base64` also a PEM public key, as before. Throws `RefusedError`. */
export function secretKeyOf(base64: string, setting: string): VerifyingKeys {
  const content = sharedSecret(base64);
  if (content.kind === 'unfit') throw wrongSetting(setting, content.rule);
  return content.kind === 'pem' ? publicKeyFrom(content.bytes, setting) : secretFrom(content.bytes);
}

/** Reads a shared secret alone. Throws `RefusedError`. */
export function sharedSecretOf(base64: string, setting: string): VerifyingKeys {
  const content = sharedSecret(base64);
  if (content.kind === 'secret') return secretFrom(content.bytes);
  throw wrongSetting(setting, content.kind === 'unfit' ? content.rule : 'holds a public key, and not a shared secret');
}

/** Reads a public key. Throws `RefusedError`. */
export function publicKeyOf(text: string, setting: string): VerifyingKeys {
  const content = publicKey(text);
  if (content.kind === 'unfit') throw wrongSetting(setting, content.rule);
  const { kind, bytes } = content;
  return publicKeyFrom(kind === 'pem' ? bytes : { key: bytes, format: 'der', type: 'spki' }, setting);
}

function secretFrom(bytes: Buffer): VerifyingKeys {
  const key = createSecretKey(bytes);
  return { key, algorithms: SECRET_ALGORITHMS };
}

function publicKeyFrom(source: Parameters<typeof createPublicKey>[0], setting: string): VerifyingKeys {
  let key: KeyObject;
  try {
    key = createPublicKey(source);
  } catch {
    throw wrongSetting(setting, 'holds a public key that cannot be read');
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const curveAlgorithm = EC_ALGORITHMS[namedCurve];
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS) {
    return { key, algorithms: RSA_ALGORITHMS };
  }
  if (key.asymmetricKeyType === 'ec' && curveAlgorithm !== undefined) {
    return { key, algorithms: [curveAlgorithm] };
  }
  throw wrongSetting(setting, `must hold an RSA key of ${MIN_RSA_BITS} bits or more, or one on P-256, P-384 or P-521`);
}

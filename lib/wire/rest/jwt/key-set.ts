// The key set of an identity provider (JWKS, RFC 7517, 5), as it answers for its URL.

import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import { ProtectorError } from '../../../base/errors.ts';
import { isObject } from '../../../base/json.ts';
import { MIN_RSA_BITS, RSA_ALGORITHMS, type VerifyingKeys } from './keys.ts';

/**
 * A key set cannot be used. `KEY_SET_MALFORMED`: it is no key set, or has no key for signatures. `KEY_SET_PRIVATE`: it
 * holds a shared secret or a private key, which no public document may. `KEY_SET_UNAVAILABLE`: there is no answer.
 */
export class KeySetError extends ProtectorError<'KEY_SET_MALFORMED' | 'KEY_SET_PRIVATE' | 'KEY_SET_UNAVAILABLE'> {}

const MAX_KEYS = 100;
const CURVES: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

/**
 * Parses a key set. Of its keys, those of RSA (2,048 bits or more) and of P-256, P-384 and P-521 that are for signatures
 * count; each verifies its own algorithms. Throws `KeySetError`, which quotes nothing.
 */
export function parseKeySet(text: string): VerifyingKeys {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('is no JSON');
  }
  const all = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(all) || all.length > MAX_KEYS) throw malformed(`needs "keys", at most ${MAX_KEYS}`);
  const keys = all.filter(isObject) as JWK[];
  // A set with a secret in it is not the provider's, or no longer a secret: none of its keys is believed.
  if (keys.some((key) => key.kty === 'oct' || key.k !== undefined || key.d !== undefined || key.priv !== undefined)) {
    throw new KeySetError('KEY_SET_PRIVATE', 'The key set holds a shared secret or a private key');
  }
  const usable = keys.filter(verifiesSignatures);
  if (usable.length === 0) throw malformed('has no RSA or EC key for signatures');
  const set: JSONWebKeySet = { keys: usable };
  return { key: createLocalJWKSet(set), algorithms: [...RSA_ALGORITHMS, ...Object.values(CURVES)] };
}

function verifiesSignatures({ kty, use, key_ops: operations, n, crv, alg }: JWK): boolean {
  if (use !== undefined && use !== 'sig') return false;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return false;
  if (kty === 'RSA') {
    return bitsOf(n) >= MIN_RSA_BITS && (alg === undefined || RSA_ALGORITHMS.includes(alg));
  }
  const algorithm = kty === 'EC' && typeof crv === 'string' ? CURVES[crv] : undefined;
  return algorithm !== undefined && (alg === undefined || alg === algorithm);
}

/** Returns the length of a base64url number without leading zeros. */
function bitsOf(number: unknown): number {
  if (typeof number !== 'string') return 0;
  const hex = Buffer.from(number, 'base64url').toString('hex').replace(/^0+/, '');
  return hex.length * 4;
}

function malformed(why: string): KeySetError {
  return new KeySetError('KEY_SET_MALFORMED', `The key set ${why}`);
}

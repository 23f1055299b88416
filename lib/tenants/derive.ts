// Keys of deterministic fields, derived from a tenant secret by two paths: which secret is meant, and which key of it.

import { createHmac } from 'node:crypto';
import { Secret } from '../base/secret.ts';
import { deriveKey } from '../crypto/hkdf.ts';

/** Digest of the HMAC (FIPS 198-1) that makes the derived key: 64 or 32 bytes. */
export type DerivationType = 'sha512' | 'sha256';
/** What for: keys of one kind say nothing of those of another. */
export type SecretType = 'deterministic' | 'search' | 'vector';

export interface DerivationKind {
  readonly derivationType: DerivationType;
  readonly secretType: SecretType;
}

/** Paths of secrets, each with the paths of the keys that are wanted of it. */
export type DerivationPaths = ReadonlyMap<string, ReadonlySet<string>>;

export interface DerivedKey {
  readonly derivedKey: Secret;
  readonly tenantSecretId: number;
  readonly current: boolean;
}

/** By secret path and derivation path, a key of each of the tenant's secrets. */
export type DerivedKeys = ReadonlyMap<string, ReadonlyMap<string, DerivedKey[]>>;

/** A place for every key that is wanted. */
export function placesFor(paths: DerivationPaths): DerivedKeys {
  return new Map([...paths].map(([path, wanted]) => [path, new Map([...wanted].map((one) => [one, []]))]));
}

/**
 * Adds the keys of one secret: for each derivation path its HMAC, under a key that HKDF (RFC 5869) gives of the secret for the
 * secret path. What is known of one path says nothing of another.
 */
export function deriveInto(
  places: DerivedKeys,
  secret: Secret,
  { derivationType, secretType }: DerivationKind,
  about: Pick<DerivedKey, 'tenantSecretId' | 'current'>,
): void {
  for (const [secretPath, byPath] of places) {
    const fields = ['tenant-secret', secretType, derivationType, secretPath];
    using pathSecret = deriveKey(secret, Buffer.alloc(0), fields, 64);
    for (const [path, keys] of byPath) {
      const derived = createHmac(derivationType, pathSecret.expose()).update(path, 'utf8').digest();
      keys.push({ ...about, derivedKey: new Secret(derived) });
    }
  }
}

/** Overwrites keys that are answered no more. */
export function destroyDerived(keys: DerivedKeys): void {
  for (const byPath of keys.values()) {
    for (const list of byPath.values()) for (const { derivedKey } of list) derivedKey.destroy();
  }
}

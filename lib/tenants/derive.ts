// Keys of deterministic fields, derived from a tenant secret by two paths: the secret path, and the derivation path
// under it.

import { createHmac } from 'node:crypto';
import { Secret } from '../base/secret.ts';
import { deriveKey } from '../crypto/hkdf.ts';

/** Digest of the HMAC (FIPS 198-1) that makes the derived key: 64 or 32 bytes. */
export type DerivationType = 'sha512' | 'sha256';
/** The use of a key. Keys of one use reveal nothing about those of another. */
export type SecretType = 'deterministic' | 'search' | 'vector';

export interface DerivationKind {
  readonly derivationType: DerivationType;
  readonly secretType: SecretType;
}

/** Secret paths, each with the derivation paths of the wanted keys. */
export type DerivationPaths = ReadonlyMap<string, ReadonlySet<string>>;

export interface DerivedKey {
  readonly derivedKey: Secret;
  readonly tenantSecretId: number;
  readonly current: boolean;
}

/** By secret path and derivation path: one key of each secret that the path has, the current one first. */
export type DerivedKeys = ReadonlyMap<string, ReadonlyMap<string, DerivedKey[]>>;

/** Makes an empty list for each wanted path. */
export function placesFor(paths: DerivationPaths): DerivedKeys {
  return new Map([...paths].map(([path, wanted]) => [path, new Map([...wanted].map((one) => [one, []]))]));
}

/**
 * Adds the keys of one secret: for each derivation path its HMAC, under a key that HKDF (RFC 5869) derives from the
 * secret for the secret path. Keys of one path reveal nothing about those of another.
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

/** Puts the current key of each path first, as public clients expect it. */
export function currentFirst(keys: DerivedKeys): void {
  for (const byPath of keys.values()) {
    for (const list of byPath.values()) list.sort((a, b) => Number(b.current) - Number(a.current));
  }
}

/** Overwrites keys that are not returned. */
export function destroyDerived(keys: DerivedKeys): void {
  for (const byPath of keys.values()) {
    for (const list of byPath.values()) for (const { derivedKey } of list) derivedKey.destroy();
  }
}

// HMAC-SHA-256 (RFC 2104, FIPS 180-4) over RFC 8785 canonical JSON: the checksum of an audit record.
import type { Secret } from '../base/secret.ts';
import { canonicalJson } from '../crypto/canonical-json.ts';
import { hmacSha256 } from '../crypto/digests.ts';
import type { AuditSignature } from './record.ts';

/** An object with a signature to complete or to check. */
export interface Signable {
  readonly [member: string]: unknown;
  readonly signature: Omit<AuditSignature, 'checksum'> & { readonly checksum?: unknown };
}

/** Signs records with one key. */
export interface Signer {
  /** The value of `signature.key_id`. */
  readonly keyId: string;
  /**
   * Returns 64 upper-case hexadecimal digits over the whole record, chain members included, without
   * `signature.checksum`. Throws `CanonicalJsonError` when the record has no canonical form.
   */
  checksum(record: Signable): string;
  /** Returns the same for the RFC 8785 form of a record without `signature.checksum`. */
  checksumOfForm(canonical: string): string;
}

/**
 * Creates a signer with the key of id `keyId` (a UUID; records show its first 20 characters). Copies the key, so the
 * caller may destroy `key` afterwards.
 */
export function createSigner(keyId: string, key: Secret): Signer {
  const mac = hmacSha256(key.expose());
  const checksumOfForm = (canonical: string): string => mac(canonical).toUpperCase();
  return {
    keyId: shortKeyId(keyId),
    checksum: (record) => checksumOfForm(canonicalJson(withoutChecksum(record))),
    checksumOfForm,
  };
}

/** Returns the key id that records show: its first 20 characters, as in the samples of the reference product. */
export function shortKeyId(keyId: string): string {
  return keyId.slice(0, 20);
}

function withoutChecksum(record: Signable): Signable {
  const { checksum: _, ...signature } = record.signature;
  return { ...record, signature };
}

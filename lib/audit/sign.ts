// HMAC-SHA-256 (RFC 2104, FIPS 180-4) over RFC 8785 canonical JSON: the checksum of an audit record.
import { createHmac, createSecretKey } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import { canonicalJson } from '../crypto/canonical-json.ts';
import type { AuditSignature } from './record.ts';

/** Anything with a signature to complete or to check. */
export interface Signable {
  readonly [member: string]: unknown;
  readonly signature: Omit<AuditSignature, 'checksum'> & { readonly checksum?: unknown };
}

/** Vouches for records with one key. */
export interface Signer {
  /** What goes into `signature.key_id`. */
  readonly keyId: string;
  /**
   * 64 upper-case hexadecimal digits over the whole record, chain members included, without `signature.checksum`.
   * Throws `CanonicalJsonError` when the record has no canonical form.
   */
  checksum(record: Signable): string;
}

/**
 * A signer with the key known as `keyId` (a UUID; records show its first 20 characters). The key is copied, so
 * destroying `key` afterwards is safe.
 */
export function createSigner(keyId: string, key: Secret): Signer {
  // A KeyObject: with raw bytes Node sets the key up anew for every record, at ten times the cost.
  const handle = createSecretKey(key.expose());
  return {
    keyId: shortKeyId(keyId),
    checksum: (record) =>
      createHmac('sha256', handle)
        .update(canonicalJson(withoutChecksum(record)), 'utf8')
        .digest('hex')
        .toUpperCase(),
  };
}

/** The form of a key id that records show: the first 20 characters, as in the reference product's samples. */
export function shortKeyId(keyId: string): string {
  return keyId.slice(0, 20);
}

function withoutChecksum(record: Signable): Signable {
  const { checksum: _, ...signature } = record.signature;
  return { ...record, signature };
}

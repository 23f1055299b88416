// Encrypted document keys (EDEKs), stored beside the documents. An EDEK and the tenant's KMS suffice to open one.
//
// Inside the message of `edek-envelope.ts`:
// version 1 (1 byte) ‖ mode (1) ‖ id of the KMS configuration (4, big-endian) ‖ body
//   mode 1, direct: the key as the tenant's KMS wrapped it
//   mode 2, leased: length (2) and bytes of the leased key as the KMS wrapped it
//                   ‖ nonce (12) ‖ key under AES-256-GCM (32) ‖ tag (16)

import { SEALED_KEY_BYTES } from '../crypto/key-wrap.ts';
import type { EncryptionContext } from '../crypto/ports.ts';
import { readEnvelope, writeEnvelope } from './edek-envelope.ts';
import { TenantError } from './errors.ts';
import { NO_EDEK } from './public-texts.ts';

export type Edek =
  | { readonly mode: 'direct'; readonly configuration: number; readonly wrapped: Uint8Array }
  | {
      readonly mode: 'leased';
      readonly configuration: number;
      /** The leased key as the KMS wrapped it; identifies the lease. */
      readonly lease: Uint8Array;
      /** Nonce ‖ ciphertext ‖ tag. */
      readonly sealed: Uint8Array;
    };

const VERSION = 1;
/** Not 0: Alloy would take a short EDEK for one of its own headers, whose sixth byte is 0. */
const DIRECT = 1;
const LEASED = 2;
const HEADER_BYTES = 6;
const LENGTH_BYTES = 2;
/** The largest ciphertext that AWS KMS takes (API Reference, Decrypt, CiphertextBlob). */
const MAX_WRAPPED_BYTES = 6144;

/**
 * Returns the context that binds a wrapped key in the tenant's KMS. The purpose separates the three kinds: a leased key
 * presented as a document key would open every document under it, unseen.
 */
export function contextOf(
  tenantId: string,
  configuration: number,
  purpose: 'document' | 'lease' | 'secret',
): EncryptionContext {
  return { tenant: tenantId, configuration: String(configuration), purpose };
}

/** Writes an EDEK of mode direct. */
export function directEdek(configuration: number, wrapped: Uint8Array): Uint8Array {
  return writeEnvelope({ configuration, data: Buffer.concat([header(DIRECT, configuration), wrapped]) });
}

/** Writes an EDEK of mode leased. `sealed` must be bound to `associatedData` of the prefix. */
export function leasedEdek(configuration: number, prefix: Uint8Array, sealed: Uint8Array): Uint8Array {
  return writeEnvelope({ configuration, data: Buffer.concat([prefix, sealed]) });
}

/** Returns the bytes of a leased EDEK before the sealed key. */
export function leasedPrefix(configuration: number, lease: Uint8Array): Uint8Array {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(lease.length);
  return Buffer.concat([header(LEASED, configuration), length, lease]);
}

/** Returns the data that the sealed key of a leased EDEK is bound to: every byte before it, and the tenant. */
export function associatedData(prefix: Uint8Array, tenantId: string): Uint8Array {
  return Buffer.concat([prefix, Buffer.from(tenantId)]);
}

/** Parses an EDEK. Throws `TenantError` `INVALID_PROVIDED_EDEK` for bytes that this product does not write. */
export function parseEdek(bytes: Uint8Array): Edek {
  const { configuration: named, data } = readEnvelope(bytes);
  const view = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (view.length <= HEADER_BYTES) throw malformed('it is too short');
  if (view[0] !== VERSION) throw malformed('its version is unknown');
  const configuration = view.readUInt32BE(2);
  if (named !== configuration) throw malformed('it names two KMS configurations');
  if (view[1] === DIRECT) {
    const wrapped = view.subarray(HEADER_BYTES);
    if (wrapped.length > MAX_WRAPPED_BYTES) throw malformed('it is too long');
    return { mode: 'direct', configuration, wrapped };
  }
  if (view[1] !== LEASED) throw malformed('its mode is unknown');
  const leaseAt = HEADER_BYTES + LENGTH_BYTES;
  const leaseBytes = view.length < leaseAt ? 0 : view.readUInt16BE(HEADER_BYTES);
  if (leaseBytes === 0 || leaseBytes > MAX_WRAPPED_BYTES || view.length !== leaseAt + leaseBytes + SEALED_KEY_BYTES) {
    throw malformed('its length is wrong');
  }
  const sealedAt = leaseAt + leaseBytes;
  return { mode: 'leased', configuration, lease: view.subarray(leaseAt, sealedAt), sealed: view.subarray(sealedAt) };
}

function header(mode: number, configuration: number): Buffer {
  const bytes = Buffer.from([VERSION, mode, 0, 0, 0, 0]);
  bytes.writeUInt32BE(configuration, 2);
  return bytes;
}

function malformed(why: string): TenantError {
  return new TenantError('INVALID_PROVIDED_EDEK', `${NO_EDEK}: ${why}`);
}

// Encrypted fields in the format of the public tenant-security clients: each can read the other's.
//
// 03 ‖ "IRON" ‖ u16 length ‖ header ‖ IV (12) ‖ AES-256-GCM ‖ tag (16). The header is a protobuf message: field 1 is
// `sig`, field 3 a message whose field 1 is the tenant. `sig` is IV ‖ tag of that inner message, encrypted under the
// same key: it proves that a key is the right one, and that the tenant was not changed.
import {
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  type DecipherGCM,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import { ClientError } from './errors.ts';

const ALGORITHM = 'aes-256-gcm';
const PREFIX = Buffer.from('\u0003IRON', 'latin1');
export const FIXED_BYTES = PREFIX.length + 2;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** Says whether bytes begin like an encrypted field. */
export function isCiphertext(bytes: Uint8Array): boolean {
  return bytes.length > FIXED_BYTES && PREFIX.equals(bytes.subarray(0, PREFIX.length));
}

/**
 * Encrypts a field under a fresh IV. Throws `ClientError` `DOCUMENT_ENCRYPT_FAILED` for a field that is already
 * encrypted.
 */
export function encryptField(dek: Secret, tenantId: string, plaintext: Uint8Array): Buffer {
  if (isCiphertext(plaintext)) throw new ClientError('DOCUMENT_ENCRYPT_FAILED', 'A field is encrypted already');
  const { head, cipher } = encryption(dek, tenantId);
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts a field. Throws `ClientError`: `INVALID_ENCRYPTED_DOCUMENT` for bytes that are not a field,
 * `DOCUMENT_DECRYPT_FAILED` for another key or altered bytes.
 */
export function decryptField(dek: Secret, field: Uint8Array): Buffer {
  const bodyAt = headEnd(field);
  if (bodyAt === undefined || field.length < bodyAt + IV_BYTES + TAG_BYTES) throw notEncrypted();
  checkHeader(dek, field.subarray(FIXED_BYTES, bodyAt));
  const textAt = bodyAt + IV_BYTES;
  const tagAt = field.length - TAG_BYTES;
  const decipher = decryption(dek, field.subarray(bodyAt, textAt));
  decipher.setAuthTag(field.subarray(tagAt));
  const plaintext = decipher.update(field.subarray(textAt, tagAt));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw notDecrypted();
  }
  return plaintext;
}

/** Returns the bytes before the ciphertext, and the cipher for it. */
export function encryption(dek: Secret, tenantId: string): { readonly head: Buffer; readonly cipher: CipherGCM } {
  const iv = randomBytes(IV_BYTES);
  const header = headerOf(dek, tenantId);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(header.length);
  return { head: Buffer.concat([PREFIX, length, header, iv]), cipher: createCipheriv(ALGORITHM, dek.expose(), iv) };
}

export function decryption(dek: Secret, iv: Uint8Array): DecipherGCM {
  return createDecipheriv(ALGORITHM, dek.expose(), iv, { authTagLength: TAG_BYTES });
}

/** Returns the offset of the IV, where the header ends; `undefined` if the bytes are not the beginning of a field. */
export function headEnd(bytes: Uint8Array): number | undefined {
  if (!isCiphertext(bytes)) return undefined;
  return FIXED_BYTES + bytes[PREFIX.length]! * 256 + bytes[PREFIX.length + 1]!;
}

function headerOf(dek: Secret, tenantId: string): Buffer {
  const tenant = lengthDelimited(1, Buffer.from(tenantId));
  const iv = randomBytes(IV_BYTES);
  const signature = Buffer.concat([iv, headerTag(dek, iv, tenant)]);
  return Buffer.concat([lengthDelimited(1, signature), lengthDelimited(3, tenant)]);
}

/** Checks key and tenant by the header. An empty one is that of documents from before headers existed. */
export function checkHeader(dek: Secret, header: Uint8Array): void {
  if (header.length === 0) return;
  const fields = readFields(header);
  const tenant = fields.get(3);
  if (tenant === undefined) throw notEncrypted(); // a header of another product
  const signature = fields.get(1);
  if (signature === undefined) return;
  if (signature.length !== IV_BYTES + TAG_BYTES) throw notEncrypted();
  const tag = headerTag(dek, signature.subarray(0, IV_BYTES), tenant);
  if (!timingSafeEqual(tag, signature.subarray(IV_BYTES))) throw notDecrypted();
}

function headerTag(dek: Secret, iv: Uint8Array, tenant: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, dek.expose(), iv);
  cipher.update(tenant);
  cipher.final();
  return cipher.getAuthTag();
}

/** Protocol Buffers encoding, wire type 2: bytes behind their length. */
const LENGTH_DELIMITED = 2;

function lengthDelimited(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([field * 8 + LENGTH_DELIMITED, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** Reads a message of length-delimited fields; of several with one number, the last counts. */
function readFields(message: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++];
      if (byte === undefined || shift > 21) throw notEncrypted();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = readVarint();
    const end = readVarint() + at;
    if ((tag & 7) !== LENGTH_DELIMITED || end > message.length) throw notEncrypted();
    fields.set(tag >>> 3, message.subarray(at, end));
    at = end;
  }
  return fields;
}

export function notEncrypted(): ClientError {
  return new ClientError('INVALID_ENCRYPTED_DOCUMENT', 'The bytes are no encrypted document');
}

/** The same error for another key and for altered bytes: the difference would help only an attacker. */
export function notDecrypted(): ClientError {
  return new ClientError('DOCUMENT_DECRYPT_FAILED', 'The document cannot be decrypted with this key');
}

// Sealed bundles: a JSON document under AES-256-GCM (SP 800-38D), with a data key that only a KeyService can unwrap.
// The associated data is the clear header in its RFC 8785 form; the data key is bound to an encryption context.

import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { Secret } from '../base/secret.ts';
import { canonicalJson } from './canonical-json.ts';
import type { EncryptionContext, KeyService } from './ports.ts';

export const BUNDLE_FORMAT = 'serverless-protector/1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The clear part in front of the sealed one: names, versions and times. */
export type BundleHeader = Readonly<Record<string, string | number>>;

/** The bundle as it is stored; binary members are base64. */
export type SealedBundle<Header extends BundleHeader> = Header & {
  readonly format: string;
  readonly kmsKeyId: string;
  readonly wrappedKey: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
};

/**
 * A bundle cannot be opened. `BUNDLE_MALFORMED`: it is not a bundle of this product. `BUNDLE_TAMPERED`: header or
 * content is not what was sealed; publish the bundle again and find out why. `BUNDLE_SUPERSEDED`: another version is in
 * force; find out who put this one in its place.
 */
export class BundleError extends ProtectorError<'BUNDLE_MALFORMED' | 'BUNDLE_TAMPERED' | 'BUNDLE_SUPERSEDED'> {}

/**
 * Seals `content` under a fresh data key, which is destroyed afterwards. `iv`: 12 random bytes. Rejects with
 * `KeyServiceError`, or with `CanonicalJsonError` for content that has no RFC 8785 form.
 */
export async function sealBundle<Header extends BundleHeader>(
  keys: KeyService,
  context: EncryptionContext,
  header: Header,
  content: unknown,
  iv: Uint8Array,
): Promise<SealedBundle<Header>> {
  const dataKey = await keys.generateDataKey(context);
  const clear = { format: BUNDLE_FORMAT, ...header, kmsKeyId: dataKey.keyId };
  using key = dataKey.plaintext;
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key.expose()), iv);
  cipher.setAAD(Buffer.from(canonicalJson(clear)));
  const ciphertext = Buffer.concat([cipher.update(canonicalJson(content), 'utf8'), cipher.final()]);
  return {
    ...clear,
    wrappedKey: base64(dataKey.wrapped),
    iv: base64(iv),
    ciphertext: base64(ciphertext),
    tag: base64(cipher.getAuthTag()),
  };
}

/**
 * Opens a bundle. `contextOf` returns the encryption context that the header claims; the bundle opens only if it was
 * sealed under that context. Data key and clear text are overwritten, whatever happens. Rejects with `BundleError`, or
 * with the service's `KeyServiceError`.
 */
export async function openBundle(
  keys: KeyService,
  bundle: unknown,
  contextOf: (header: BundleHeader) => EncryptionContext,
): Promise<{ header: BundleHeader; content: unknown }> {
  const { header, wrappedKey, iv, ciphertext, tag } = dissect(bundle);
  using dataKey = await keys.unwrapDataKey(String(header.kmsKeyId), wrappedKey, contextOf(header));
  try {
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(dataKey.expose()), iv, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(canonicalJson(header)));
    decipher.setAuthTag(tag);
    using plaintext = new Secret(decipher.update(ciphertext));
    decipher.final();
    return { header, content: parseJson(plaintext.exposeText('utf8')) };
  } catch {
    // No cause: an OpenSSL error adds nothing, and a JSON error quotes its input.
    throw new BundleError('BUNDLE_TAMPERED', 'The sealed bundle was altered after it was sealed');
  }
}

function dissect(bundle: unknown): {
  header: BundleHeader;
  wrappedKey: Buffer;
  iv: Buffer;
  ciphertext: Buffer;
  tag: Buffer;
} {
  if (typeof bundle !== 'object' || bundle === null) throw malformed('it is not a JSON object');
  const { wrappedKey, iv, ciphertext, tag, ...header } = bundle as Record<string, unknown>;
  if (header.format !== BUNDLE_FORMAT) throw malformed(`its format is not ${BUNDLE_FORMAT}`);
  if (typeof header.kmsKeyId !== 'string') throw malformed('kmsKeyId is missing');
  for (const [name, value] of Object.entries(header)) {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw malformed(`header member ${name} is no text or number`);
  }
  return {
    header: header as BundleHeader,
    wrappedKey: bytes('wrappedKey', wrappedKey),
    iv: bytes('iv', iv, IV_BYTES),
    ciphertext: bytes('ciphertext', ciphertext),
    tag: bytes('tag', tag, TAG_BYTES),
  };
}

function bytes(name: string, value: unknown, length?: number): Buffer {
  if (typeof value !== 'string') throw malformed(`${name} is missing`);
  const decoded = Buffer.from(value, 'base64');
  if (length !== undefined && decoded.length !== length) throw malformed(`${name} does not have ${length} bytes`);
  return decoded;
}

function malformed(why: string): BundleError {
  return new BundleError('BUNDLE_MALFORMED', `This is not a sealed bundle: ${why}`);
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

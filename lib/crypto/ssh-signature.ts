// Signatures that `ssh-keygen -Y sign` makes: the armored SSHSIG format of OpenSSH's PROTOCOL.sshsig, with the keys of
// RFC 4253, RFC 5656, RFC 8332, RFC 8709 and PROTOCOL.u2f.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ProtectorError, unreachable } from '../base/errors.ts';

/** The text is no SSH signature, or no SSH public key, that this release reads. The message quotes nothing of it. */
export class SshError extends ProtectorError<'SSH_MALFORMED'> {}

export interface SshSignature {
  /** The signer's public key in the form of RFC 4253. */
  readonly publicKey: Buffer;
  /** What the signature is for. A signature for one purpose is none for another. */
  readonly namespace: string;
  readonly reserved: Buffer;
  readonly hash: 'sha256' | 'sha512';
  /** Algorithm and bytes of the signature. */
  readonly signature: Buffer;
}

const MAGIC = Buffer.from('SSHSIG');
const VERSION = 1;
const HASHES: readonly string[] = ['sha256', 'sha512'] satisfies readonly SshSignature['hash'][];
/** A signature of RSA with 16,384 bits has less than 8 kB. */
const MAX_CHARACTERS = 16_384;
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*$/;
/** Set when the holder of a hardware key touched it. */
const USER_PRESENT = 1;
const MIN_RSA_BITS = 2048;

/** Reads an armored signature. Throws `SshError`. */
export function parseSshSignature(armored: string): SshSignature {
  const base64 = armored.length <= MAX_CHARACTERS ? ARMOR.exec(armored.trimStart())?.[1] : undefined;
  if (base64 === undefined) throw malformed('an SSH signature begins with -----BEGIN SSH SIGNATURE-----');
  const fields = new Fields(Buffer.from(base64, 'base64'));
  if (!fields.bytes(MAGIC.length).equals(MAGIC) || fields.number() !== VERSION) {
    throw malformed(`only version ${VERSION} of SSH signatures can be read`);
  }
  const publicKey = fields.string();
  const namespace = fields.string().toString('utf8');
  const reserved = fields.string();
  const hash = fields.string().toString('latin1');
  const signature = fields.string();
  fields.end();
  if (!HASHES.includes(hash)) throw malformed('the hash of an SSH signature is sha256 or sha512');
  return { publicKey, namespace, reserved, hash: hash as SshSignature['hash'], signature };
}

/** Reads a line of a `.pub` file or of authorized_keys without options: type, base64, comment. Throws `SshError`. */
export function parseSshPublicKey(line: string): Buffer {
  const [type, base64, ...comment] = line.trim().split(/[ \t]+/);
  const blob =
    base64 !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
  if (blob === undefined || comment.some((part) => part.includes('\n'))) {
    throw malformed('an SSH public key is one line: its type, a blank, and base64');
  }
  if (new Fields(blob).string().toString('latin1') !== type)
    throw malformed('the type of the key is not what its bytes say');
  keyOf(blob);
  return blob;
}

/** Returns the fingerprint of a public key as `ssh-keygen -l` prints it: `SHA256:` and base64 without padding. */
export function sshFingerprint(publicKey: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Tells whether the signature is of `message` for `namespace`, by the key that it names. Whether that key may sign is the
 * caller's question. Throws `SshError` for a key or an algorithm that is not supported.
 */
export function isSshSignatureOf(signature: SshSignature, namespace: string, message: string | Uint8Array): boolean {
  if (signature.namespace !== namespace) return false;
  const digest = createHash(signature.hash).update(message).digest();
  const data = Buffer.concat([
    MAGIC,
    ...[signature.namespace, signature.reserved, signature.hash, digest].map((part) => lengthPrefixed(part)),
  ]);
  const fields = new Fields(signature.signature);
  const algorithm = fields.string().toString('latin1');
  const key = keyOf(signature.publicKey);
  const bytes = fields.string();
  switch (key.kind) {
    case 'ed25519':
      return ended(fields) && algorithm === 'ssh-ed25519' && verify(null, data, key.key, bytes);
    case 'rsa': {
      const hash = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }[algorithm];
      return ended(fields) && hash !== undefined && verify(hash, data, key.key, bytes);
    }
    case 'ecdsa':
      return ended(fields) && algorithm === key.algorithm && isEcdsa(key, data, bytes);
    case 'sk': {
      const [flags, counter] = [fields.bytes(1), fields.bytes(4)];
      if (!ended(fields) || algorithm !== key.algorithm || (flags[0]! & USER_PRESENT) === 0) return false;
      const hashed = [key.application, data].map((part) => createHash('sha256').update(part).digest());
      const signed = Buffer.concat([hashed[0]!, flags, counter, hashed[1]!]);
      return key.of.kind === 'ed25519' ? verify(null, signed, key.of.key, bytes) : isEcdsa(key.of, signed, bytes);
    }
    default:
      return unreachable(key);
  }
}

interface Ed25519 {
  readonly kind: 'ed25519';
  readonly key: KeyObject;
}
interface Ecdsa {
  readonly kind: 'ecdsa';
  readonly key: KeyObject;
  readonly algorithm: string;
  readonly hash: string;
  /** Bytes of a coordinate. */
  readonly width: number;
}
type Key =
  | Ed25519
  | Ecdsa
  | { readonly kind: 'rsa'; readonly key: KeyObject }
  /** In hardware (FIDO). */
  | { readonly kind: 'sk'; readonly algorithm: string; readonly of: Ed25519 | Ecdsa; readonly application: Buffer };

const CURVES: Readonly<Record<string, { readonly crv: string; readonly hash: string; readonly width: number }>> = {
  nistp256: { crv: 'P-256', hash: 'sha256', width: 32 },
  nistp384: { crv: 'P-384', hash: 'sha384', width: 48 },
  nistp521: { crv: 'P-521', hash: 'sha512', width: 66 },
};

function keyOf(blob: Buffer): Key {
  const fields = new Fields(blob);
  const type = fields.string().toString('latin1');
  const key = readKey(type, fields);
  fields.end();
  return key;
}

function readKey(type: string, fields: Fields): Key {
  switch (type) {
    case 'ssh-ed25519':
      return ed25519(fields);
    case 'ssh-rsa': {
      const [e, n] = [fields.integer(), fields.integer()];
      const key = imported({ kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') });
      if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) {
        throw malformed(`an RSA key has at least ${MIN_RSA_BITS} bits`);
      }
      return { kind: 'rsa', key };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return ecdsa(type, type.slice('ecdsa-sha2-'.length), fields);
    case 'sk-ssh-ed25519@openssh.com':
      return { kind: 'sk', algorithm: type, of: ed25519(fields), application: fields.string() };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { kind: 'sk', algorithm: type, of: ecdsa(type, 'nistp256', fields), application: fields.string() };
    default:
      throw malformed('SSH keys are of type ed25519, ecdsa or rsa, or of ed25519 and ecdsa in hardware (sk)');
  }
}

function ed25519(fields: Fields): Ed25519 {
  return { kind: 'ed25519', key: imported({ kty: 'OKP', crv: 'Ed25519', x: fields.string().toString('base64url') }) };
}

function ecdsa(algorithm: string, name: string, fields: Fields): Ecdsa {
  const { crv, hash, width } = CURVES[name]!;
  const [curve, point] = [fields.string().toString('latin1'), fields.string()];
  if (curve !== name || point.length !== 1 + 2 * width || point[0] !== 4)
    throw malformed('the point of an ECDSA key is wrong');
  const [x, y] = [point.subarray(1, 1 + width), point.subarray(1 + width)].map((part) => part.toString('base64url'));
  return { kind: 'ecdsa', key: imported({ kty: 'EC', crv, x: x!, y: y! }), algorithm, hash, width };
}

function isEcdsa({ key, hash, width }: Ecdsa, data: Buffer, bytes: Buffer): boolean {
  const fields = new Fields(bytes);
  const parts = [fields.integer(), fields.integer()];
  if (!ended(fields) || parts.some((part) => part.length > width)) return false;
  const fixed = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.alloc(width - part.length), part])));
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, fixed);
}

function imported(jwk: Readonly<Record<string, string>>): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw malformed('the numbers of an SSH key are no key');
  }
}

/** Reads the fields of RFC 4251 §5. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw malformed('its bytes end too soon');
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  number(): number {
    return this.bytes(4).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.number());
  }

  /** Reads a positive integer, without leading zeros. */
  integer(): Buffer {
    const bytes = this.string();
    const first = bytes.findIndex((byte) => byte !== 0);
    if (first === -1 || bytes[0]! >= 0x80) throw malformed('a number in it is not positive');
    return bytes.subarray(first);
  }

  end(): void {
    if (this.left > 0) throw malformed('it has bytes behind its end');
  }
}

function ended(fields: Fields): boolean {
  fields.end();
  return true;
}

function lengthPrefixed(part: string | Buffer): Buffer {
  const bytes = Buffer.from(part);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function malformed(why: string): SshError {
  return new SshError('SSH_MALFORMED', `Not an SSH signature or key that can be used: ${why}`);
}

// SSH keys and signatures as OpenSSH makes them, without OpenSSH: ed25519, also as a hardware key would sign.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

export interface SshKey {
  /** The line of a `.pub` file. */
  readonly publicKey: string;
  readonly fingerprint: string;
  /** Returns the armored signature of `message`. */
  readonly sign: (namespace: string, message: string) => string;
}

/** `touched`: whether a key in hardware was touched; undefined for a key in a file. */
export function sshKey(touched?: boolean): SshKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const x = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
  const isHard = touched !== undefined;
  const type = isHard ? 'sk-ssh-ed25519@openssh.com' : 'ssh-ed25519';
  const blob = strings(type, x, ...(isHard ? ['ssh:'] : []));
  const signed = (data: Buffer): Buffer => {
    if (!isHard) return strings(type, sign(null, data, privateKey));
    const tail = Buffer.from([touched ? 1 : 0, 0, 0, 0, 7]);
    return Buffer.concat([
      strings(type, sign(null, Buffer.concat([hash('ssh:'), tail, hash(data)]), privateKey)),
      tail,
    ]);
  };
  return {
    publicKey: `${type} ${blob.toString('base64')} somebody`,
    fingerprint: `SHA256:${hash(blob).toString('base64').replace('=', '')}`,
    sign: (namespace, message) => sshSignature(blob, namespace, message, signed),
  };
}

/** Returns the armored signature by the key of `blob`, whose own form `signed` makes. */
export function sshSignature(
  blob: Buffer,
  namespace: string,
  message: string,
  signed: (data: Buffer) => Buffer,
): string {
  const digest = createHash('sha512').update(message).digest();
  const data = Buffer.concat([Buffer.from('SSHSIG'), strings(namespace, '', 'sha512', digest)]);
  const version = Buffer.from([0, 0, 0, 1]);
  const whole = [Buffer.from('SSHSIG'), version, strings(blob, namespace, '', 'sha512', signed(data))];
  return armored(Buffer.concat(whole));
}

/** Returns the bytes as `ssh-keygen -Y sign` writes them. */
export function armored(bytes: Buffer): string {
  const lines = bytes.toString('base64').replaceAll(/.{70}(?=.)/g, '$&\n');
  return `-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`;
}

/** Writes strings of RFC 4251: a length of four bytes before each. */
export function strings(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );
}

function hash(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { attempt } from '../../../lib/base/attempt.ts';
import {
  isSshSignatureOf,
  parseSshPublicKey,
  parseSshSignature,
  SshError,
  sshFingerprint,
} from '../../../lib/crypto/ssh-signature.ts';
import { armored, sshKey, sshSignature, strings } from '../../support/ssh-keys.ts';

const { message, namespace, signatures } = JSON.parse(
  readFileSync(new URL('../../vectors/ssh/signatures.json', import.meta.url), 'utf8'),
) as {
  readonly message: string;
  readonly namespace: string;
  readonly signatures: readonly { name: string; publicKey: string; fingerprint: string; armored: string }[];
};
const MALFORMED = expect.objectContaining({
  code: 'SSH_MALFORMED',
  message: expect.stringMatching(/^Not an SSH signature or key that can be used: \S.+/),
});

function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** Whether the bytes are a signature of the message; undefined for bytes that are refused as no signature. */
function holds(bytes: Buffer): boolean | undefined {
  const attempted = attempt(() => isSshSignatureOf(parseSshSignature(armored(bytes)), namespace, message));
  if (attempted.ok) return attempted.value;
  if (!(attempted.error instanceof SshError)) throw attempted.error;
  return undefined;
}

describe.each(signatures)('a signature by OpenSSH with a key of $name', ({ publicKey, fingerprint, armored: text }) => {
  test('is of its message and its purpose, and names its key', () => {
    const signature = parseSshSignature(text);
    expect(isSshSignatureOf(signature, namespace, message)).toBe(true);
    expect(signature.publicKey.equals(parseSshPublicKey(publicKey))).toBe(true);
    expect(sshFingerprint(signature.publicKey)).toBe(fingerprint);
  });

  test('is of no other message, and of no other purpose', () => {
    const signature = parseSshSignature(text);
    expect(isSshSignatureOf(signature, namespace, `${message} `)).toBe(false);
    expect(isSshSignatureOf(signature, 'file', message)).toBe(false);
    expect(isSshSignatureOf({ ...signature, namespace: 'file' }, 'file', message)).toBe(false);
  });

  test('holds with none of its bytes changed, and with none cut off', () => {
    const bytes = bytesOf(text);
    expect(holds(bytes)).toBe(true);
    const held = Array.from(bytes.keys()).filter((at) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      return holds(changed) === true || holds(bytes.subarray(0, at)) === true;
    });
    expect(held).toEqual([]);
    expect(holds(Buffer.concat([bytes, Buffer.alloc(1)]))).toBeUndefined();
  });
});

describe('a signature by a key in hardware', () => {
  test.each([
    [true, true],
    [false, false],
  ])('counts where its holder touched it: %p', (touched, counts) => {
    const key = sshKey(touched);
    const signature = parseSshSignature(key.sign(namespace, message));
    expect(isSshSignatureOf(signature, namespace, message)).toBe(counts);
    expect(isSshSignatureOf(signature, namespace, 'another')).toBe(false);
    expect(sshFingerprint(parseSshPublicKey(key.publicKey))).toBe(key.fingerprint);
  });
});

test.each([
  '',
  'x',
  message,
  '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----',
  '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n',
  `-----BEGIN SSH SIGNATURE-----\n${'A'.repeat(20_000)}\n-----END SSH SIGNATURE-----\n`,
])('%#: what is no signature is refused, and not quoted', (text) => {
  expect(() => parseSshSignature(text)).toThrow(MALFORMED);
});

describe('a signature by an RSA key, as an agent makes it', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  // An integer whose highest bit is set has a zero before it.
  const blob = strings(
    'ssh-rsa',
    Buffer.from(e!, 'base64url'),
    Buffer.concat([Buffer.of(0), Buffer.from(n!, 'base64url')]),
  );
  const signedBy = (algorithm: string, hash: string) =>
    parseSshSignature(
      sshSignature(blob, namespace, message, (data) => strings(algorithm, sign(hash, data, privateKey))),
    );

  test.each([
    ['rsa-sha2-256', 'sha256', true],
    ['rsa-sha2-512', 'sha512', true],
    ['rsa-sha2-256', 'sha512', false],
    ['rsa-sha2-512', 'sha256', false],
    // SHA-1: RFC 8332 replaced it.
    ['ssh-rsa', 'sha1', false],
  ])('named %s, over %s, holds: %p', (algorithm, hash, holdsIt) => {
    expect(isSshSignatureOf(signedBy(algorithm, hash), namespace, message)).toBe(holdsIt);
    expect(isSshSignatureOf(signedBy(algorithm, hash), namespace, 'another')).toBe(false);
  });
});

test('a signature of another hash is refused', () => {
  const bytes = bytesOf(signatures[0]!.armored).toString('latin1').replace('sha512', 'sha384');
  expect(() => parseSshSignature(armored(Buffer.from(bytes, 'latin1')))).toThrow(MALFORMED);
});

/** A modulus of 1,024 bits. */
const SHORT_RSA = Buffer.concat([
  Buffer.from('000000077373682d727361', 'hex'),
  Buffer.from('00000003010001', 'hex'),
  Buffer.from('0000008100', 'hex'),
  Buffer.alloc(128, 0xc5),
]).toString('base64');

/** A key of two coordinates that are no point of the curve. */
const NO_POINT = strings(
  'ecdsa-sha2-nistp256',
  'nistp256',
  Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]),
).toString('base64');

test.each([
  '',
  'ssh-ed25519',
  'ssh-ed25519 !',
  'ssh-ed25519 AAAA',
  'ssh-dss AAAAB3NzaC1kc3MAAAABAA==',
  `ssh-rsa ${SHORT_RSA}`,
  `ecdsa-sha2-nistp256 ${NO_POINT}`,
  `ssh-rsa ${signatures[0]!.publicKey.split(' ')[1]}`,
  `${signatures[0]!.publicKey}\n${signatures[0]!.publicKey}`,
])('%#: what is no public key of use is refused', (line) => {
  expect(() => parseSshPublicKey(line)).toThrow(MALFORMED);
});

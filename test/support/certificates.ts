// Certificates for tests (RFC 5280, DER), made on demand: no certificate or key is stored.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** PEM of a certificate and of its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  /** PEM. */
  readonly ca: string;
  /** Issues a certificate for host names and IPv4 addresses. @default valid from yesterday to tomorrow */
  issue(names: readonly string[], validity?: Validity): Certificate;
}

export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;

const OID = {
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAltName: [0x55, 0x1d, 0x11],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
};

export function certificateAuthority(name = 'Test CA'): CertificateAuthority {
  const issuer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const isAuthority = extension(OID.basicConstraints, true, sequence(tlv(0x01, Buffer.from([0xff]))));
  return {
    ca: certificate(name, name, issuer.publicKey, issuer.privateKey, aroundNow(), [isAuthority]),
    issue(names, validity = aroundNow()) {
      const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const general = names.map((one) =>
        isIP(one) === 0 ? tlv(0x82, Buffer.from(one)) : tlv(0x87, Buffer.from(one.split('.').map(Number))),
      );
      const altNames = extension(OID.subjectAltName, false, sequence(...general));
      return {
        cert: certificate('Test server', name, own.publicKey, issuer.privateKey, validity, [altNames]),
        key: String(own.privateKey.export({ format: 'pem', type: 'pkcs8' })),
      };
    },
  };
}

function aroundNow(): Validity {
  return { fromMs: Date.now() - DAY_MS, toMs: Date.now() + DAY_MS };
}

function certificate(
  subject: string,
  issuer: string,
  publicKey: KeyObject,
  issuerKey: KeyObject,
  { fromMs, toMs }: Validity,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer),
    sequence(time(fromMs), time(toMs)),
    nameOf(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuerKey);
  const der = sequence(toBeSigned, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Buffer {
  return sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(commonName)))));
}

function extension(id: readonly number[], critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [tlv(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...flag, tlv(0x04, value));
}

/** Encodes a GeneralizedTime, which can hold any year. */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tlv(0x18, Buffer.from(digits));
}

function oid(bytes: readonly number[]): Buffer {
  return tlv(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), value]);
}

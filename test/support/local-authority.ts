// A timestamp authority (RFC 3161) in this process: its key and certificate are new in each run.
import { createHash, randomBytes } from 'node:crypto';
import { Integer, ObjectIdentifier, OctetString, Sequence, Utf8String } from 'asn1js';
import {
  Attribute,
  AttributeTypeAndValue,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  Extension,
  ExtKeyUsage,
  IssuerAndSerialNumber,
  PKIStatusInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import type { TimestampAuthority } from '../../lib/transparency/ports.ts';

const OID = {
  commonName: '2.5.4.3',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  policy: '1.2.3.4.1',
} as const;

/** Of Node or of a browser: both compile this. */
type Key = Parameters<Certificate['sign']>[0];

export interface LocalAuthority extends TimestampAuthority {
  readonly certificate: Certificate;
}

/** Makes an authority whose clock is `nowMs`, epoch milliseconds. */
export async function localAuthority(nowMs: () => number): Promise<LocalAuthority> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const certificate = await certificateOf(keys);
  const named = createHash('sha256').update(der(certificate)).digest();
  return {
    name: 'local',
    certificate,
    async ask(request) {
      const { messageImprint, nonce } = TimeStampReq.fromBER(Uint8Array.from(request).buffer);
      const info = new TSTInfo({
        version: 1,
        policy: OID.policy,
        messageImprint,
        serialNumber: new Integer({ valueHex: positive(randomBytes(8)) }),
        genTime: new Date(nowMs()),
        ...(nonce && { nonce }),
      });
      const timeStampToken = await signed(der(info), certificate, named, keys.privateKey);
      return new Uint8Array(
        new TimeStampResp({ status: new PKIStatusInfo({ status: 0 }), timeStampToken }).toSchema().toBER(),
      );
    },
  };
}

async function certificateOf(keys: Readonly<Record<'publicKey' | 'privateKey', Key>>): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ value: 1 });
  const name = new AttributeTypeAndValue({ type: OID.commonName, value: new Utf8String({ value: 'Local' }) });
  for (const holder of [certificate.issuer, certificate.subject]) holder.typesAndValues.push(name);
  certificate.notBefore.value = new Date('2020-01-01T00:00:00Z');
  certificate.notAfter.value = new Date('2049-01-01T00:00:00Z');
  const purposes = new ExtKeyUsage({ keyPurposes: [OID.timeStamping] });
  certificate.extensions = [
    new Extension({ extnID: OID.extendedKeyUsage, critical: true, extnValue: purposes.toSchema().toBER() }),
  ];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, 'SHA-256');
  return certificate;
}

async function signed(content: Uint8Array, certificate: Certificate, named: Buffer, key: Key): Promise<ContentInfo> {
  const digest = createHash('sha256').update(content).digest();
  const naming = new Sequence({ value: [new Sequence({ value: [new Sequence({ value: [octets(named)] })] })] });
  const attributes = [
    new Attribute({ type: OID.contentType, values: [new ObjectIdentifier({ value: OID.tstInfo })] }),
    new Attribute({ type: OID.messageDigest, values: [octets(digest)] }),
    new Attribute({ type: OID.signingCertificateV2, values: [naming] }),
  ];
  const data = new SignedData({
    version: 3,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: OID.tstInfo, eContent: octets(content) }),
    certificates: [certificate],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
  });
  await data.sign(key, 0, 'SHA-256');
  return new ContentInfo({ contentType: OID.signedData, content: data.toSchema(true) });
}

function octets(bytes: Uint8Array): OctetString {
  return new OctetString({ valueHex: Uint8Array.from(bytes).buffer });
}

function positive(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from([1, ...bytes]).buffer;
}

function der(of: { toSchema(): { toBER(): ArrayBuffer } }): Uint8Array {
  return new Uint8Array(of.toSchema().toBER());
}

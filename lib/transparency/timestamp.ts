// RFC 3161: a timestamp authority signs that some bytes existed at a time. Verifies tokens with their certificates (RFC 5652,
// RFC 5280, RFC 5816).
import { type AsnType, Constructed, fromBER, ObjectIdentifier, OctetString, Sequence, Set as SetOf } from 'asn1js';
import { type Attribute, Certificate, ExtKeyUsage, SignedData, TSTInfo } from 'pkijs';
import { settled } from '../base/attempt.ts';
import { LogError } from './errors.ts';
import { sameBytes, sha256 } from './hashes.ts';
import type { TimestampVerdict } from './verify-timestamps.ts';

const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** Digests that a signature or a certificate's hash may use, by OID. SHA-1 serves only to name a certificate. */
const SHA_2: Readonly<Record<string, string>> = {
  [OID.sha256]: 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/** The class of tags that stand for a place in a type, as asn1js numbers classes (X.690 §8.1.2.2). */
const CONTEXT_SPECIFIC = 3;

/** Far more than anyone asks authorities for timestamps of one checkpoint. */
const MOST_TOKENS = 32;

/** Splits tokens that were stored one after another, 32 at most. Throws `LogError` `LOG_MALFORMED`. */
export function splitTokens(bytes: Uint8Array): readonly Uint8Array[] {
  const tokens: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { offset } = parsed('timestamp', () => fromBER(exact(bytes.subarray(at))));
    if (offset <= 0) throw malformed('Not a timestamp: the bytes end inside a token');
    // Each is parsed on a copy of all that follows, and the least one has two bytes.
    if (tokens.length === MOST_TOKENS) throw malformed(`There are more than ${MOST_TOKENS} timestamps`);
    tokens.push(bytes.subarray(at, at + offset));
    at += offset;
  }
  if (tokens.length === 0) throw malformed('Not a timestamp: there are no bytes');
  return tokens;
}

/** Reads the certificates of a PEM text, in order. Throws `LogError` `LOG_MALFORMED`, also where there is none. */
export function parseCertificates(pem: string): readonly Certificate[] {
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----/g)];
  if (blocks.length === 0) throw malformed('There is no certificate in PEM form');
  return blocks.map(([, base64]) =>
    parsed('certificate', () =>
      Certificate.fromBER(exact(Uint8Array.from(atob(base64!.replaceAll(/\s/g, '')), (c) => c.charCodeAt(0)))),
    ),
  );
}

/**
 * Verifies that a token is a timestamp of `message` by an authority whose certificate is, or leads to, one of
 * `authorities`: imprint, signed attributes, signature, the extended key usage of the certificate, and its chain at the
 * time of the timestamp. Asks nobody, and so does not learn that a certificate was revoked.
 */
export async function verifyTimestamp(
  bytes: Uint8Array,
  message: Uint8Array,
  authorities: readonly Certificate[],
): Promise<TimestampVerdict> {
  try {
    const token = readToken(bytes);
    const { info } = token;
    const signed = parsed('timestamp', () => new SignedData({ schema: token.signed }));
    if (!isImprintOf(info, message)) return wrong('modified', 'The timestamp is of other bytes than this checkpoint');
    const [signerInfo] = signed.signerInfos;
    const attributes = signerInfo?.signedAttrs?.attributes ?? [];
    const signer = await signerOf(signed, message, authorities);
    const isStrong = (signerInfo?.digestAlgorithm.algorithmId ?? '') in SHA_2;
    if (!signer.isRight || !isStrong || !(await isNamed(signer.certificate, attributes))) {
      return wrong('modified', 'The signature of the timestamp does not verify');
    }
    if (!isForTimestamps(signer.certificate)) {
      return wrong('unknown-key', 'The certificate of the signer is not for timestamps alone');
    }
    if (!signer.isKnown) return wrong('unknown-key', 'The certificate of the signer leads to no given authority');
    return { time: Math.floor(info.genTime.getTime() / 1000) };
  } catch (error) {
    if (error instanceof LogError) return wrong('malformed', error.message);
    throw error;
  }
}

interface Token {
  /** SignedData as ASN.1. */
  readonly signed: AsnType;
  readonly info: TSTInfo;
}

/** Parses a token: one signer over TSTInfo, with the signed attributes that RFC 3161 §2.4.2 asks for. */
function readToken(bytes: Uint8Array): Token {
  return tokenIn(asn1('timestamp', bytes));
}

/**
 * Reads a token that is parsed as ASN.1, by its places (RFC 5652 §5.1, §5.3): the library's SignedData takes twice as long as
 * all else, and only its signature needs it.
 */
function tokenIn(token: AsnType): Token {
  const [contentType, content] = childrenOf(token);
  if (oidOf(contentType) !== OID.signedData) throw malformed('Not a timestamp: it is not signed');
  const [signed] = childrenOf(tagged([content], 0));
  const [, , encapsulated, ...optional] = childrenOf(signed);
  const [eContentType, wrapped] = childrenOf(encapsulated);
  const [eContent] = childrenOf(tagged([wrapped], 0));
  const signers = childrenOf(optional.at(-1));
  if (
    signed === undefined ||
    oidOf(eContentType) !== OID.tstInfo ||
    !(eContent instanceof OctetString) ||
    !(optional.at(-1) instanceof SetOf) ||
    signers.length !== 1
  ) {
    throw malformed('Not a timestamp: it must have one signer and its time');
  }
  const attributes = childrenOf(tagged(childrenOf(signers[0]), 0)).map(childrenOf);
  const valuesOfType = (type: string) =>
    attributes.filter(([oid]) => oidOf(oid) === type).flatMap(([, values]) => childrenOf(values));
  const [type] = valuesOfType(OID.contentType);
  if (oidOf(type) !== OID.tstInfo || valuesOfType(OID.messageDigest).length !== 1) {
    throw malformed('Not a timestamp: its signature must cover its type and its digest, each once');
  }
  if (childrenOf(tagged(optional, 0)).length === 0) {
    throw malformed('Not a timestamp to keep: it has no certificate');
  }
  return { signed, info: parsed('timestamp', () => TSTInfo.fromBER(eContent.getValue())) };
}

/** The certificate of a signer: whether its key signed the token, and whether the verifier trusts it. */
type Signer =
  | { readonly isRight: true; readonly certificate: Certificate; readonly isKnown: boolean }
  | { readonly isRight: false };

/** A certificate is known when it is given, or when a chain leads to a given one; both at the time of the timestamp. */
async function signerOf(signed: SignedData, message: Uint8Array, authorities: readonly Certificate[]): Promise<Signer> {
  // Revocation lists in a token are as old as it is.
  delete signed.crls;
  const options = { signer: 0, data: exact(message), extendedMode: true as const };
  const chained = await settled(signed.verify({ ...options, checkChain: true, trustedCerts: [...authorities] }));
  const checked = chained.ok ? chained : await settled(signed.verify(options));
  if (!checked.ok || checked.value.signatureVerified !== true) return { isRight: false };
  const { signerCertificate: certificate, date } = checked.value;
  if (!(certificate instanceof Certificate)) return { isRight: false };
  const { notBefore, notAfter } = certificate;
  const isValid = date !== undefined && notBefore.value <= date && date <= notAfter.value;
  const isGiven = authorities.some((each) => sameBytes(derOf(each), derOf(certificate)));
  const isKnown = chained.ok || (isGiven && isValid);
  return { isRight: true, certificate, isKnown };
}

/** Tells whether the signed attributes hold the hash of this certificate first (RFC 5035 §3, §4). */
async function isNamed(certificate: Certificate, attributes: readonly Attribute[]): Promise<boolean> {
  const der = derOf(certificate);
  for (const [oid, defaultHash] of [
    [OID.signingCertificateV2, 'SHA-256'],
    [OID.signingCertificate, 'SHA-1'],
  ] as const) {
    const [value] = valuesOf(attributes, oid);
    if (value === undefined) continue;
    const parts = childrenOf(childrenOf(childrenOf(value)[0])[0]);
    const [first] = parts;
    const [algorithm] = childrenOf(first);
    const hashId = algorithm instanceof ObjectIdentifier ? algorithm.getValue() : '';
    const named = first instanceof Sequence ? SHA_2[hashId] : defaultHash;
    const hash = parts.find((part) => part instanceof OctetString);
    if (named === undefined || hash === undefined) return false;
    const digest = new Uint8Array(await crypto.subtle.digest(named, Uint8Array.from(der)));
    return sameBytes(digest, new Uint8Array(hash.getValue()));
  }
  return false;
}

/** Tells whether timestamps are the one use of a certificate, and critical (RFC 3161 §2.3). */
function isForTimestamps({ extensions = [] }: Certificate): boolean {
  const use = extensions.find(({ extnID }) => extnID === OID.extendedKeyUsage);
  const purposes = use?.parsedValue instanceof ExtKeyUsage ? use.parsedValue.keyPurposes : [];
  return use?.critical === true && purposes.length === 1 && purposes[0] === OID.timeStamping;
}

function derOf(certificate: Certificate): Uint8Array {
  return new Uint8Array(certificate.toSchema().toBER());
}

function isImprintOf({ messageImprint }: TSTInfo, message: Uint8Array): boolean {
  const { hashAlgorithm, hashedMessage } = messageImprint;
  return (
    hashAlgorithm.algorithmId === OID.sha256 &&
    sameBytes(new Uint8Array(hashedMessage.valueBlock.valueHexView), sha256(message))
  );
}

interface Asn1 {
  readonly valueBlock?: unknown;
}

function valuesOf(attributes: readonly Attribute[], type: string): readonly Asn1[] {
  return attributes.filter((each) => each.type === type).flatMap(({ values }) => values as readonly Asn1[]);
}

/** Returns the elements of a constructed value; none for another. */
function childrenOf(value: Asn1 | undefined): readonly AsnType[] {
  return value instanceof Constructed ? value.valueBlock.value : [];
}

/** Returns the first of `values` with a context-specific tag. */
function tagged(values: readonly (AsnType | undefined)[], tag: number): AsnType | undefined {
  return values.find((value) => value?.idBlock.tagClass === CONTEXT_SPECIFIC && value.idBlock.tagNumber === tag);
}

function oidOf(value: Asn1 | undefined): string | undefined {
  return value instanceof ObjectIdentifier ? value.getValue() : undefined;
}

/** Parses by a library, whose errors quote what they found. Throws `LogError` `LOG_MALFORMED`. */
function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw malformed(`Not a ${what}`);
  }
}

/** Parses the whole of `bytes`. Throws `LogError` `LOG_MALFORMED`. */
function asn1(what: string, bytes: Uint8Array): AsnType {
  const { result, offset } = parsed(what, () => fromBER(exact(bytes)));
  if (offset !== bytes.length) throw malformed(`Not a ${what}`);
  return result;
}

/** Copies bytes, because the library reads a buffer from its beginning. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function wrong(fault: Extract<TimestampVerdict, { fault: unknown }>['fault'], detail: string): TimestampVerdict {
  return { fault, detail };
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}

// RFC 3161: what the sealer says to a timestamp authority and reads of its reply. It keeps tokens and trusts none: a verifier reads
// them anew by a library of CMS and X.509, which is larger than the rest of the sealer (timestamp.ts).
import { fromHex } from '../base/bytes.ts';
import { type BerElement, berElements, derElement, derNumber, octetsOf, TAG } from './ber.ts';
import { LogError } from './errors.ts';
import { sameBytes, sha256 } from './hashes.ts';

/** Contents of object identifiers. */
const OID = {
  sha256: fromHex('608648016503040201'),
  signedData: fromHex('2a864886f70d010702'),
  tstInfo: fromHex('2a864886f70d0109100104'),
  contentType: fromHex('2a864886f70d010903'),
  messageDigest: fromHex('2a864886f70d010904'),
} as const;

/** The AlgorithmIdentifier of SHA-256, with parameters NULL as openssl writes it. */
const SHA_256 = derElement(TAG.sequence, derElement(TAG.oid, OID.sha256), fromHex('0500'));
const VERSION_1 = fromHex('020101');
const TRUE = fromHex('0101ff');

/** PKIStatus of a reply with a token: granted, and granted with modifications. */
const GRANTED: readonly number[] = [0, 1];

/** A token has a few certificates: 5 to 10 kB. */
const MAX_REPLY_BYTES = 256 * 1024;

/**
 * Makes the request for a timestamp of `message`: its SHA-256, the nonce, and the wish for the authority's certificates
 * (TimeStampReq, DER). `nonce`: 8 random bytes.
 */
export function timestampRequest(message: Uint8Array, nonce: Uint8Array): Uint8Array {
  const imprint = derElement(TAG.sequence, SHA_256, derElement(TAG.octets, sha256(message)));
  return derElement(TAG.sequence, VERSION_1, imprint, derElement(TAG.integer, derNumber(nonce)), TRUE);
}

/**
 * Reads the reply to `timestampRequest` and returns its token, byte for byte. Checks status, imprint and nonce, and that the
 * token has what a verifier needs. The signature needs the authority's certificate and is the verifier's task. Throws
 * `LogError` `LOG_TIMESTAMP_REFUSED` for a refusal, `LOG_MALFORMED` for another answer than the one to this request.
 */
export function tokenOfReply(reply: Uint8Array, message: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (reply.length > MAX_REPLY_BYTES) throw malformed(`A reply must have at most ${MAX_REPLY_BYTES} bytes`);
  const [response, ...rest] = berElements(reply);
  const [about, token] = inside(response, TAG.sequence);
  const [status] = inside(about, TAG.sequence);
  if (status?.tag !== TAG.integer || rest.length > 0) throw malformed('Not a reply');
  if (status.content.length !== 1 || !GRANTED.includes(status.content[0]!) || token === undefined) {
    const shown = status.content.length === 1 ? `: status ${status.content[0]!}` : '';
    throw new LogError('LOG_TIMESTAMP_REFUSED', `The timestamp authority refused the request${shown}`);
  }
  const [, , imprint, , time, ...optional] = infoIn(token);
  const [algorithm, hash] = inside(imprint, TAG.sequence);
  const isOurs = isOid(inside(algorithm, TAG.sequence)[0], OID.sha256) && isElement(hash, TAG.octets, sha256(message));
  if (!isOurs || time?.tag !== TAG.time) throw malformed('The timestamp is not of the bytes that were sent');
  const answered = optional.find(({ tag }) => tag === TAG.integer);
  if (!isElement(answered, TAG.integer, derNumber(nonce))) throw malformed('The timestamp answers another request');
  return Uint8Array.from(token.bytes);
}

/** Returns the parts of TSTInfo (§2.4.2) in a token: SignedData of one signer (RFC 5652 §5.1, §5.3), with certificates. */
function infoIn(token: BerElement): readonly BerElement[] {
  const [contentType, content] = inside(token, TAG.sequence);
  const [signed] = inside(content, TAG.place0);
  const [, , encapsulated, ...optional] = inside(signed, TAG.sequence);
  const [eContentType, wrapped] = inside(encapsulated, TAG.sequence);
  const [eContent] = inside(wrapped, TAG.place0);
  const [signer, ...others] = inside(optional.at(-1), TAG.set);
  const encoded = eContent && octetsOf(eContent);
  const isTimestamp = isOid(contentType, OID.signedData) && isOid(eContentType, OID.tstInfo);
  if (!isTimestamp || encoded === undefined || signer === undefined || others.length > 0) {
    throw malformed('Not a timestamp: it must have one signer and its time');
  }
  const attributes = inside(at0(inside(signer, TAG.sequence)), TAG.place0).map((each) => inside(each, TAG.sequence));
  const valuesOfType = (type: Uint8Array): readonly BerElement[] =>
    attributes.filter(([oid]) => isOid(oid, type)).flatMap(([, values]) => inside(values, TAG.set));
  if (!isOid(valuesOfType(OID.contentType)[0], OID.tstInfo) || valuesOfType(OID.messageDigest).length !== 1) {
    throw malformed('Not a timestamp: its signature must cover its type and its digest, each once');
  }
  if (inside(at0(optional), TAG.place0).length === 0) throw malformed('Not a timestamp to keep: it has no certificate');
  const [info] = berElements(encoded);
  return inside(info, TAG.sequence);
}

/** Returns the elements in a constructed one with this tag; none in another. */
function inside(element: BerElement | undefined, tag: number): readonly BerElement[] {
  return element?.tag === tag ? berElements(element.content) : [];
}

/** Returns the element at place [0]. */
function at0(elements: readonly BerElement[]): BerElement | undefined {
  return elements.find(({ tag }) => tag === TAG.place0);
}

function isOid(element: BerElement | undefined, oid: Uint8Array): boolean {
  return isElement(element, TAG.oid, oid);
}

function isElement(element: BerElement | undefined, tag: number, content: Uint8Array): boolean {
  return element?.tag === tag && sameBytes(element.content, content);
}

function malformed(message: string): LogError {
  return new LogError('LOG_MALFORMED', message);
}

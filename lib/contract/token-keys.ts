// What the settings of JSON Web Tokens may hold, told from its form alone, so that the stacks can ask as well. A public
// key is known to many: as a shared secret it would let any of them sign (RFC 8725, 2.1 and 3.1).

/** RFC 7518, 3.2: a key must be at least as long as the digest. The smallest digest is required for all. */
const MIN_SECRET_BYTES = 32;

/** The content of a setting: its bytes, or a rule that it breaks, without a character of it. */
export type KeyContent<Kind extends string> =
  | { readonly kind: Kind; readonly bytes: Buffer }
  | { readonly kind: 'unfit'; readonly rule: string };

/**
 * Reads base64 of a shared secret. `pem`: it is base64 of a PEM public key, which the setting took before public keys
 * had one of their own. Any other form of a key is unfit: DER, a JWK, an OpenSSH key, an elliptic curve point, and
 * base64 or hexadecimal text of one.
 */
export function sharedSecret(text: string): KeyContent<'secret' | 'pem'> {
  if (ARMOUR.test(text)) return unfit('must hold a shared secret: a public key belongs into jwt_public_key_base64');
  const bytes = decodeBase64(text);
  if (bytes === undefined) return unfit('must be base64');
  const form = formOf(bytes);
  switch (form) {
    case 'pem':
      return { kind: 'pem', bytes };
    case 'private':
      return unfit('holds a private key; give the public one in jwt_public_key_base64');
    case undefined:
      break;
    default:
      return unfit(
        'holds a public key, with which anyone could sign, and not a shared secret; give it in jwt_public_key_base64',
      );
  }
  if (bytes.length < MIN_SECRET_BYTES) return unfit(`must hold a shared secret of ${MIN_SECRET_BYTES} bytes or more`);
  return { kind: 'secret', bytes };
}

/** Reads a public key: PEM, base64 of it, or base64 of the DER of a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). */
export function publicKey(text: string): KeyContent<'pem' | 'spki'> {
  const bytes = ARMOUR.test(text) ? Buffer.from(text) : decodeBase64(text);
  if (bytes === undefined) return unfit('must be a PEM, or base64');
  const form = formOf(bytes, 1);
  if (form === 'pem' || form === 'spki') return { kind: form, bytes };
  if (form === 'private') return unfit('holds a private key; give the public one');
  return unfit('must hold a public key: PEM, or the DER of a SubjectPublicKeyInfo');
}

/** Tells whether a text that should name a secret is a key or a secret itself. No name ends like base64. */
export function isKeyMaterial(text: string): boolean {
  return /^[A-Za-z0-9+/_-]{40,}={1,2}$/.test(text) || formOf(Buffer.from(text)) !== undefined;
}

/** Returns the rule that the URL of a key set breaks; undefined for one that may be asked. */
export function keySetUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') return 'must be https://…';
  if (url.username !== '' || url.password !== '') return 'must hold no user and no password';
  return url.hash === '' ? undefined : 'must have no fragment';
}

function unfit(rule: string): { readonly kind: 'unfit'; readonly rule: string } {
  return { kind: 'unfit', rule };
}

/** `spki`, `der`: without armour. `other`: a JWK, an OpenSSH key, a point of a curve. */
type Form = 'pem' | 'private' | 'spki' | 'der' | 'other';

/** RFC 7468, and RFC 4716 for OpenSSH. */
const ARMOUR = /-{4,5} ?BEGIN /;
const SSH_NAME = /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+/;
/** Lengths of an uncompressed point on P-256, P-384 and P-521 (SEC 1, 2.3.3), which begins with 4. */
const POINT_BYTES: ReadonlySet<number> = new Set([65, 97, 133]);

/** Returns the form of a key; undefined for bytes of no such form. Looks into `layers` of base64 and hexadecimal text. */
function formOf(bytes: Buffer, layers = 3): Form | undefined {
  // Windows tools write texts in UTF-16, half of whose bytes are zero.
  const text = bytes.toString('latin1').replaceAll('\u0000', '').trim();
  if (ARMOUR.test(text)) return text.includes('PRIVATE KEY') ? 'private' : 'pem';
  if (SSH_NAME.test(text) || SSH_NAME.test(bytes.toString('latin1', 4))) return 'other';
  if (isJson(text)) return 'other';
  if (bytes[0] === 4 && POINT_BYTES.has(bytes.length)) return 'other';
  const form = derForm(bytes);
  if (form !== undefined || layers === 0) return form;
  const inner = /^[0-9a-f:\s]+$/i.test(text) ? decodeHex(text) : decodeBase64(text);
  return inner === undefined || inner.length === 0 ? undefined : formOf(inner, layers - 1);
}

function isJson(text: string): boolean {
  if (!/^(?:[^{]{0,3})[{[]/.test(text)) return false; // a byte order mark may be before it
  try {
    return typeof JSON.parse(text.slice(text.search(/[{[]/))) === 'object';
  } catch {
    return false;
  }
}

/** Decodes base64 or base64url, in lines or not; undefined for another text. */
function decodeBase64(text: string): Buffer | undefined {
  const line = text.replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(line) ? Buffer.from(line, 'base64') : undefined;
}

function decodeHex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/[:\s]/g, ''), 'hex');
}

/** Tags of DER (X.690). */
const [INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, SEQUENCE] = [0x02, 0x03, 0x04, 0x06, 0x30] as const;

/** Tells a key or a certificate from the elements of its outer sequence: two or more, which fill it exactly. */
function derForm(bytes: Buffer): Form | undefined {
  const outer = elementAt(bytes, 0, bytes.length);
  if (outer?.tag !== SEQUENCE) return undefined;
  const tags: number[] = [];
  let at = outer.from;
  while (at < outer.to) {
    const inner = elementAt(bytes, at, outer.to);
    if (inner === undefined) return undefined;
    tags.push(inner.tag);
    at = inner.to;
  }
  const [first, second] = tags;
  if (tags.length < 2) return undefined;
  if (first === INTEGER) return tags.length === 2 && second === INTEGER ? 'der' : 'private'; // PKCS #1; PKCS #8, SEC 1
  if (first !== SEQUENCE) return undefined;
  if (second === OCTET_STRING) return 'private'; // encrypted PKCS #8
  const algorithm = elementAt(bytes, outer.from, outer.to)!;
  const isSpki = tags.length === 2 && second === BIT_STRING && bytes[algorithm.from] === OBJECT_ID;
  return isSpki ? 'spki' : 'der'; // X.509
}

interface Element {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

/** Reads tag and length of the element at an offset; undefined where it does not end by `limit`. */
function elementAt(bytes: Buffer, at: number, limit: number): Element | undefined {
  const [tag, short] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || short === undefined) return undefined;
  const lengthBytes = short < 0x80 ? 0 : short - 0x80;
  if (lengthBytes > 4 || short === 0x80 || at + 2 + lengthBytes > limit) return undefined;
  const from = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes);
  return from + length > limit ? undefined : { tag, from, to: from + length };
}

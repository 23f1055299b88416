// BER (X.690 §8.1) by its places: tags, lengths and contents, and DER for what is written. Decodes no value.
import { concat } from '../base/bytes.ts';
import { LogError } from './errors.ts';

/** Identifier octets: of universal types, and of the place [0] in a constructed value. */
export const TAG = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  time: 0x18,
  octetsInParts: 0x24,
  sequence: 0x30,
  set: 0x31,
  place0: 0xa0,
} as const;

export interface BerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly bytes: Uint8Array;
}

const INDEFINITE = 0x80;
const CONSTRUCTED = 0x20;
/** Longer lengths are of no message that is read here. */
const MAX_LENGTH_BYTES = 3;
/** Elements of indefinite length within one another. */
const MAX_DEPTH = 32;

/**
 * Splits bytes into the elements that they consist of; views, not copies. Throws `LogError` `LOG_MALFORMED` for other bytes,
 * and for tags of several octets.
 */
export function berElements(bytes: Uint8Array): readonly BerElement[] {
  const elements: BerElement[] = [];
  for (let at = 0; at < bytes.length; at += elements.at(-1)!.bytes.length) elements.push(readElement(bytes, at, 0));
  return elements;
}

/** Returns the bytes of an OCTET STRING, which may be in parts; undefined for another element. */
export function octetsOf({ tag, content }: BerElement): Uint8Array | undefined {
  if (tag === TAG.octets) return content;
  const parts = tag === TAG.octetsInParts ? berElements(content) : [];
  return parts.length > 0 && parts.every((part) => part.tag === TAG.octets)
    ? concat(parts.map((part) => part.content))
    : undefined;
}

function readElement(bytes: Uint8Array, at: number, depth: number): BerElement {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || depth > MAX_DEPTH) throw malformed();
  if (first === INDEFINITE) return readIndefinite(bytes, at, depth);
  const more = first < INDEFINITE ? 0 : first - INDEFINITE;
  const from = at + 2 + more;
  const length = more === 0 ? first : bytes.subarray(at + 2, from).reduce((sum, byte) => sum * 256 + byte, 0);
  if (more > MAX_LENGTH_BYTES || from + length > bytes.length) throw malformed();
  return { tag, content: bytes.subarray(from, from + length), bytes: bytes.subarray(at, from + length) };
}

/** Reads an element that ends with two zeros (§8.1.3.6). */
function readIndefinite(bytes: Uint8Array, at: number, depth: number): BerElement {
  const tag = bytes[at]!;
  if ((tag & CONSTRUCTED) === 0) throw malformed();
  let end = at + 2;
  while (bytes[end] !== 0 || bytes[end + 1] !== 0) end += readElement(bytes, end, depth + 1).bytes.length;
  return { tag, content: bytes.subarray(at + 2, end), bytes: bytes.subarray(at, end + 2) };
}

/** Writes an element in DER, of at most 127 bytes of content. */
export function derElement(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const bytes = concat(content);
  return concat([Uint8Array.of(tag, bytes.length), bytes]);
}

/** Returns the content of the INTEGER of a big-endian number without a sign: as short as can be, and positive. */
export function derNumber(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? new Uint8Array(1) : bytes.subarray(first);
  return digits[0]! < 0x80 ? digits : concat([new Uint8Array(1), digits]);
}

function malformed(): LogError {
  return new LogError('LOG_MALFORMED', 'The bytes are not BER');
}

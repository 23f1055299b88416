// DER (X.690 §8.1, §10.1) by its places: tags, lengths and contents. Decodes no value.
import { concat } from '../base/bytes.ts';
import { LogError } from './errors.ts';

/** Identifier octets: of universal types, and of the places [0] of a constructed value. */
export const TAG = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  place0: 0xa0,
} as const;

export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly bytes: Uint8Array;
}

/** Longer lengths are of no message that is read here. */
const MAX_LENGTH_BYTES = 3;

/**
 * Splits bytes into the elements that they consist of; views, not copies. Throws `LogError` `LOG_MALFORMED` for other bytes,
 * for indefinite lengths, which are not DER, and for tags of several octets.
 */
export function derElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    const first = bytes[at + 1] ?? 0x80;
    const more = first < 0x80 ? 0 : first - 0x80;
    const from = at + 2 + more;
    const length = more === 0 ? first : bytes.subarray(at + 2, from).reduce((sum, byte) => sum * 256 + byte, 0);
    const isWhole = first !== 0x80 && more <= MAX_LENGTH_BYTES && from + length <= bytes.length;
    if (!isWhole || (tag & 0x1f) === 0x1f) throw new LogError('LOG_MALFORMED', 'The bytes are not DER');
    elements.push({ tag, content: bytes.subarray(from, from + length), bytes: bytes.subarray(at, from + length) });
    at = from + length;
  }
  return elements;
}

/** Writes an element, of at most 127 bytes of content. */
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

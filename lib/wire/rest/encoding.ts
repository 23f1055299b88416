// Encodings of values in a body (Cloud Protect, "Payload Encoding"): plain text, or bytes as hexadecimal or base64
// text.

import { isUtf8 } from 'node:buffer';
import type { Cell, Column } from '../../base/cell.ts';
import { type RefusalCode, RefusedError } from '../../protect/refusal.ts';
import type { ValueKind } from '../../protect/value-kind.ts';

export const ENCODINGS = ['utf8', 'hex', 'base64', 'base64_url', 'base64_mime', 'base64_pem'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Encodings of bytes. */
type ByteEncoding = Exclude<Encoding, 'utf8'>;

/** RFC 2045, 6.8, and RFC 1421, 4.3.2.4: the longest line, read or written. */
const LINE_LENGTH = { base64_mime: 76, base64_pem: 64 } as const;

/** RFC 4648, 4 and 5. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const BASE64_URL = /^[A-Za-z0-9_-]*={0,2}$/;
const HEX = /^(?:[0-9A-Fa-f]{2})*$/;

/**
 * Decodes the values of a body into cells of the kind of their element. Null and empty text stay the same in every
 * encoding. Throws `RefusedError` with the row: `BAD_HEX`, `BAD_BASE64`, `WRONG_DATATYPE` for a number in an encoding
 * of bytes, `UNICODE_INVALID` for bytes of a text that are not UTF-8.
 */
export function decodeColumn(values: Column, encoding: Encoding, kind: ValueKind): Column {
  if (encoding === 'utf8') return values;
  return values.map((value, row) => {
    if (value === null) return value;
    const refused = (code: RefusalCode): RefusedError => new RefusedError(code, { row, batchSize: values.length });
    if (typeof value !== 'string') throw refused('WRONG_DATATYPE');
    const bytes = decode(value, encoding, refused);
    if (kind === 'bytes') return bytes.toString('hex');
    if (!isUtf8(bytes)) throw refused('UNICODE_INVALID');
    return bytes.toString();
  });
}

/** Encodes cells of a kind into the values of a body: the inverse of `decodeColumn`. */
export function encodeColumn(cells: Column, encoding: Encoding, kind: ValueKind): Column {
  if (encoding === 'utf8') return cells;
  return cells.map((cell: Cell) => {
    if (typeof cell !== 'string' || cell === '') return cell;
    return encode(Buffer.from(cell, kind === 'bytes' ? 'hex' : 'utf8'), encoding);
  });
}

function decode(value: string, encoding: ByteEncoding, refused: (code: RefusalCode) => RefusedError): Buffer {
  if (encoding === 'hex') {
    if (!HEX.test(value)) throw refused('BAD_HEX');
    return Buffer.from(value, 'hex');
  }
  const text = encoding === 'base64_mime' || encoding === 'base64_pem' ? joinLines(value, encoding) : value;
  if (text === undefined || !isBase64(text, encoding === 'base64_url' ? BASE64_URL : BASE64)) {
    throw refused('BAD_BASE64');
  }
  return Buffer.from(text, 'base64');
}

/** Checks base64. Padding may be omitted, but must be complete when present. */
function isBase64(text: string, alphabet: RegExp): boolean {
  if (!alphabet.test(text)) return false;
  return text.endsWith('=') ? text.length % 4 === 0 : text.length % 4 !== 1;
}

/** Joins lines that are separated by any mix of CR and LF; undefined if one is too long. */
function joinLines(value: string, encoding: keyof typeof LINE_LENGTH): string | undefined {
  const lines = value.split(/[\r\n]+/);
  return lines.every((line) => line.length <= LINE_LENGTH[encoding]) ? lines.join('') : undefined;
}

function encode(bytes: Buffer, encoding: ByteEncoding): string {
  switch (encoding) {
    case 'hex':
    case 'base64':
      return bytes.toString(encoding);
    case 'base64_url':
      return bytes.toString('base64url');
    default:
      return cutLines(bytes.toString('base64'), LINE_LENGTH[encoding]);
  }
}

function cutLines(text: string, length: number): string {
  const lines: string[] = [];
  for (let from = 0; from < text.length; from += length) lines.push(text.slice(from, from + length));
  return lines.join('\r\n');
}

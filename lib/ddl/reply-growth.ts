// How much longer a reply can be than its request, and so how large a request may be: Lambda returns at most 6 MB.
import { unreachable } from '../base/errors.ts';
import type { ElementDefinition } from '../policy/schema.ts';
import { MAX_REPLY_BYTES } from '../wire/reply-limit.ts';
import type { WarehouseFunction } from './functions.ts';

/** Bytes of JSON: a value of n bytes is answered with at most `factor`·n + `more`, quotation marks and commas apart. */
export interface Growth {
  readonly factor: number;
  readonly more: number;
}

/** Limits of a request (CREATE EXTERNAL FUNCTION, MAX_BATCH_SIZE and MAX_BATCH_ROWS). Absent: what Redshift does by itself fits. */
export interface BatchLimits {
  readonly sizeKb?: number;
  readonly rows?: number;
}

/** What Redshift sends at most, bytes. */
const MAX_REQUEST_BYTES = 5 * 1024 * 1024;
/** Around a value: `["…"],` in a request, `"…",` in a reply. */
const ROW_BYTES = { request: 5, reply: 3 };
/** Around the rows of a reply. */
const ENVELOPE_BYTES = 256;

export function replyGrowth({ target, from, to, maskBytes }: Omit<WarehouseFunction, 'roles'>): Growth {
  switch (target.operation) {
    case 'Protect':
      return protectGrowth(to);
    case 'Unprotect': {
      const { factor, more } = unprotectGrowth(to);
      return { factor: Math.max(factor, maskBytes), more };
    }
    default: {
      const [out, back] = [unprotectGrowth(from), protectGrowth(to)];
      return { factor: back.factor * out.factor, more: back.factor * out.more + back.more };
    }
  }
}

/**
 * Limits under which no reply of Redshift's is too long. A request of s bytes and r rows has s − 5·r bytes of values at most, its
 * reply factor·(s − 5·r) + (more + 3)·r. Half of the room goes to either term where rows decide.
 */
export function batchLimits({ factor, more }: Growth): BatchLimits {
  const room = MAX_REPLY_BYTES - ENVELOPE_BYTES;
  const perRow = more + ROW_BYTES.reply - factor * ROW_BYTES.request;
  if (perRow <= 0) {
    const size = Math.floor(room / factor);
    return size >= MAX_REQUEST_BYTES ? {} : { sizeKb: Math.floor(size / 1024) };
  }
  const size = Math.min(MAX_REQUEST_BYTES, Math.floor(room / factor / 2 / 1024) * 1024);
  return {
    ...(size < MAX_REQUEST_BYTES && { sizeKb: size / 1024 }),
    rows: Math.floor((room - factor * size) / perRow),
  };
}

/** ASCII for ASCII. */
const SAME: Growth = { factor: 1, more: 0 };

function protectGrowth(element: ElementDefinition): Growth {
  switch (element.type) {
    case 'numeric':
    case 'alpha':
    case 'upper-case-alpha':
    case 'alpha-numeric':
    case 'upper-case-alpha-numeric':
      return longer(element, SAME);
    case 'lower-ascii':
    case 'printable':
      // Quotation marks and backslashes are escaped, and a letter of Latin-1 has two bytes.
      return longer(element, { factor: 2, more: 0 });
    case 'unicode':
      return longer(element, { factor: 4, more: 0 });
    case 'integer':
      return { factor: 1, more: '-9223372036854775808'.length - 1 };
    case 'credit-card':
      return SAME;
    case 'decimal':
      return { factor: 1, more: 2 };
    case 'date':
    case 'datetime':
      return SAME;
    case 'email':
      return { factor: 1, more: element.preserveLength ? 0 : MIN_TOKEN };
    case 'binary':
      return { factor: 1, more: 4 };
    case 'unicode-bytes':
    case 'unicode-base64':
      // 01 ‖ bytes in base 62: 8 bits in front, log2(62) = 5.95 bits a letter.
      return { factor: 8 / Math.log2(62), more: MIN_TOKEN };
    case 'fpe-numeric':
    case 'fpe-alpha':
    case 'fpe-alpha-numeric':
      return SAME;
    case 'fpe-latin1-alpha':
    case 'fpe-latin1-alpha-numeric':
      return { factor: 2, more: 0 };
    case 'aes-256-gcm':
    case 'aes-256-siv':
      // Key number 2, format 1, nonce 12, tag 16 bytes, in hexadecimal.
      return { factor: 2, more: 2 * (2 + 1 + 12 + 16) };
    case 'hmac-sha256':
      return { factor: 0, more: 64 };
    case 'no-encryption':
    case 'monitor':
    case 'masking':
      return SAME;
    default:
      return unreachable(element);
  }
}

/** Letters that the shortest token of an alphabet of ten or more has. */
const MIN_TOKEN = 7;

/** With `preserveLength` off, a token has a symbol more, and never fewer than those of a domain of a million. */
function longer({ preserveLength }: { readonly preserveLength: boolean }, growth: Growth): Growth {
  return preserveLength ? growth : { ...growth, more: growth.more + growth.factor * MIN_TOKEN };
}

function unprotectGrowth(element: ElementDefinition): Growth {
  switch (element.type) {
    case 'unicode':
      return { factor: 4, more: 0 };
    case 'lower-ascii':
    case 'printable':
    case 'fpe-latin1-alpha':
    case 'fpe-latin1-alpha-numeric':
      return { factor: 2, more: 0 };
    case 'unicode-bytes':
    case 'unicode-base64':
    case 'aes-256-gcm':
    case 'aes-256-siv':
      // A control character is one byte before and six of JSON after (\u0001).
      return { factor: 6 * (element.method === 'encryption' ? 0.5 : Math.log2(65) / 8), more: 0 };
    case 'integer':
      return { factor: 1, more: '-9223372036854775808'.length - 1 };
    default:
      return SAME;
  }
}

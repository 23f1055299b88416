// How much longer a reply can be than its request, which limits the request: Lambda returns at most 6 MB.
import { traitsOf } from '../policy/element-types.ts';
import type { Growth } from '../policy/elements/growth.ts';
import { MAX_REASON_BYTES } from '../protect/refusal-text.ts';
import { MAX_REPLY_BYTES } from '../wire/limits.ts';
import type { WarehouseFunction } from './functions.ts';

/**
 * Limits of a request (CREATE EXTERNAL FUNCTION, MAX_BATCH_SIZE and MAX_BATCH_ROWS). Absent: Redshift's own limits are
 * enough.
 */
export interface BatchLimits {
  readonly sizeKb?: number;
  readonly rows?: number;
}

/** Largest request of Redshift, bytes. */
const MAX_REQUEST_BYTES = 5 * 1024 * 1024;
/** Bytes around a value: `["…"],` in a request, `"…",` in a reply. */
const ROW_BYTES = { request: 5, reply: 3 };
/** Bytes around the rows of a reply. */
const ENVELOPE_BYTES = 256;

/** Returns the growth of a function's values, masks included. */
export function replyGrowth({ target, from, to, maskBytes }: Omit<WarehouseFunction, 'roles'>): Growth {
  switch (target.operation) {
    case 'Protect':
      return traitsOf(to).growth.protect(to);
    case 'Check':
      return { factor: 0, more: MAX_REASON_BYTES };
    case 'Unprotect': {
      const { factor, more } = traitsOf(to).growth.unprotect(to);
      return { factor: Math.max(factor, maskBytes), more };
    }
    default: {
      const [out, back] = [traitsOf(from).growth.unprotect(from), traitsOf(to).growth.protect(to)];
      return { factor: back.factor * out.factor, more: back.factor * out.more + back.more };
    }
  }
}

/**
 * Returns limits under which no reply is too long. A request of s bytes and r rows has at most s − 5·r bytes of values,
 * and its reply at most factor·(s − 5·r) + (more + 3)·r. Where rows decide, each term gets half of the room.
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

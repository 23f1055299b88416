// How much longer a reply can be than its request, and so how large a request may be: Lambda returns at most 6 MB.
import { traitsOf } from '../policy/element-types.ts';
import type { Growth } from '../policy/elements/growth.ts';
import { MAX_REPLY_BYTES } from '../wire/reply-limit.ts';
import type { WarehouseFunction } from './functions.ts';

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
      return traitsOf(to).growth.protect(to);
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

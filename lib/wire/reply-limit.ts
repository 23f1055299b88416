import { RefusedError } from '../protect/refusal.ts';

/** Lambda's limit on the reply of a synchronous invocation (Lambda Developer Guide, quotas). */
const MAX_REPLY_BYTES = 6 * 1024 * 1024;

/**
 * Throws `RefusedError` `REPLY_TOO_LARGE` for a reply whose JSON Lambda would not return. Only one that could be too long, by
 * the upper bound `most` of its JSON bytes, is measured exactly.
 */
export function checkReplySize(reply: unknown, most: number): void {
  if (most > MAX_REPLY_BYTES && Buffer.byteLength(JSON.stringify(reply)) > MAX_REPLY_BYTES) {
    throw new RefusedError('REPLY_TOO_LARGE');
  }
}

import { RefusedError } from '../protect/refusal.ts';
import type { GatewayReply } from './gateway.ts';

/** Lambda's limit on the reply of a synchronous invocation (Lambda Developer Guide, quotas). */
export const MAX_REPLY_BYTES = 6 * 1024 * 1024;
/** What a UTF-16 unit of a JSON body takes at most in Lambda's own JSON: quotation marks and backslashes two, others three. */
const MAX_BYTES_PER_UNIT = 3;
/** Everything around the body. */
const ENVELOPE_BYTES = 1024;

/**
 * Throws `RefusedError` `REPLY_TOO_LARGE` for a reply whose JSON Lambda would not return. Only one that could be too long, by
 * the upper bound `most` of its JSON bytes, is measured exactly.
 */
export function checkReplySize(reply: unknown, most: number): void {
  if (most > MAX_REPLY_BYTES && Buffer.byteLength(JSON.stringify(reply)) > MAX_REPLY_BYTES) {
    throw new RefusedError('REPLY_TOO_LARGE');
  }
}

/** The same for a reply whose body is JSON, which Lambda's reply holds as a text. */
export function checkGatewayReplySize(reply: GatewayReply): GatewayReply {
  checkReplySize(reply, MAX_BYTES_PER_UNIT * reply.body.length + ENVELOPE_BYTES);
  return reply;
}

import type { ReplyRoom } from '../protect/protector.ts';
import { RefusedError } from '../protect/refusal.ts';
import type { GatewayReply } from './gateway.ts';
import { MAX_REPLY_BYTES } from './limits.ts';

/**
 * Most bytes of a UTF-16 unit of a JSON body in Lambda's own JSON: two for quotation marks and backslashes, three for
 * others.
 */
const MAX_BYTES_PER_UNIT = 3;
/** Bytes around the body. */
const ENVELOPE_BYTES = 1024;

/** Makes the room for values in the reply of one request. */
export function replyRoom(): ReplyRoom {
  let left = MAX_REPLY_BYTES;
  return {
    take: (bytes) => {
      left -= bytes;
      if (left < 0) throw new RefusedError('REPLY_TOO_LARGE');
    },
  };
}

/**
 * Throws `RefusedError` `REPLY_TOO_LARGE` for a reply whose JSON Lambda would not return. Measures the JSON only when
 * `most`, an upper bound of its bytes, exceeds the limit.
 */
export function checkReplySize(reply: unknown, most: number): void {
  if (most > MAX_REPLY_BYTES && Buffer.byteLength(JSON.stringify(reply)) > MAX_REPLY_BYTES) {
    throw new RefusedError('REPLY_TOO_LARGE');
  }
}

/** Checks a gateway reply, which Lambda returns with its JSON body as a string. */
export function checkGatewayReplySize(reply: GatewayReply): GatewayReply {
  checkReplySize(reply, MAX_BYTES_PER_UNIT * reply.body.length + ENVELOPE_BYTES);
  return reply;
}

// Replies of the REST function, within what AWS Lambda can return.

import { RefusedError } from '../../protect/refusal.ts';
import { type GatewayReply, gatewayReply } from '../gateway.ts';
import type { Reply } from './call.ts';
import { errorBody, errorText, statusOf } from './refusal.ts';

/** AWS Lambda's limit on a synchronous reply, of which the body is a text: every quotation mark of it takes two bytes. */
const MAX_REPLY_BYTES = 6 * 1024 * 1024;
/** A UTF-16 unit of JSON takes at most this: quotation marks and backslashes two, other characters three as UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** Everything around the body. */
const ENVELOPE_BYTES = 1024;

/** The text of the reply. Throws `RefusedError` `REPLY_TOO_LARGE` for one that could not be returned. */
export function answer({ status, body }: Reply, headers: Readonly<Record<string, string>> = {}): GatewayReply {
  const reply = gatewayReply(status, JSON.stringify(body), headers);
  const fits = reply.body.length * MAX_BYTES_PER_UNIT + ENVELOPE_BYTES <= MAX_REPLY_BYTES;
  if (!fits && Buffer.byteLength(JSON.stringify(reply)) > MAX_REPLY_BYTES) throw new RefusedError('REPLY_TOO_LARGE');
  return reply;
}

export function refuseRest(refusal: RefusedError): GatewayReply {
  return answer({ status: statusOf(refusal), body: errorBody(refusal) });
}

export function notFound(): GatewayReply {
  return answer({ status: 404, body: errorText('Not found') });
}

export function methodNotAllowed(allowed: string): GatewayReply {
  return answer({ status: 405, body: errorText('Method not allowed') }, { Allow: allowed });
}

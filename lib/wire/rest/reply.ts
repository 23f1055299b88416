// Replies of the REST function, within the reply limit of AWS Lambda.

import type { RefusedError } from '../../protect/refusal.ts';
import { type GatewayReply, gatewayReply } from '../gateway.ts';
import { checkGatewayReplySize } from '../reply-limit.ts';
import type { Reply } from './call.ts';
import { errorBody, errorText, statusOf } from './refusal.ts';

/** Makes the reply. Throws `RefusedError` `REPLY_TOO_LARGE` when Lambda cannot return it. */
export function answer({ status, body }: Reply, headers: Readonly<Record<string, string>> = {}): GatewayReply {
  return checkGatewayReplySize(gatewayReply(status, JSON.stringify(body), headers));
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

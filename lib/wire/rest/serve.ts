// Serves one request of the REST function: the caller, the operation, the answer.

import type { Operation } from '../../base/operation.ts';
import { RELEASE } from '../../contract/release.ts';
import type { RequestOrigin } from '../../protect/batch.ts';
import { type Caller, NO_CALLER } from '../../protect/caller.ts';
import type { Protector } from '../../protect/protector.ts';
import { toRefusal } from '../../protect/refusal.ts';
import {
  type GatewayEvent,
  type GatewayReply,
  type GatewayRequest,
  readGatewayBody,
  readGatewayRequest,
} from '../gateway.ts';
import { columnBatch } from './batch.ts';
import { replyRoom } from '../reply-limit.ts';
import { type JsonBody, parseBody } from './body.ts';
import type { Call } from './call.ts';
import { knownCaller, settledCaller } from './caller.ts';
import { legacyName, readLegacy } from './legacy.ts';
import { checkParts } from './parts.ts';
import { answer, methodNotAllowed, notFound } from './reply.ts';
import { routeOf } from './route.ts';
import type { RestSettings } from './settings.ts';
import { readV1 } from './v1.ts';

export interface RestContext {
  readonly requestId: string | undefined;
  readonly protector: Pick<Protector, 'identify' | 'runAll' | 'refuse'>;
  /** Rejects with `RefusedError` when they are invalid. */
  readonly settings: () => Promise<RestSettings>;
}

/** Resolves to the reply. Rejects with `RefusedError`; the decisions of the policy are recorded by then. */
export async function serveRest(event: GatewayEvent, context: RestContext): Promise<GatewayReply> {
  const request = readGatewayRequest(event);
  const route = routeOf(request);
  switch (route.kind) {
    case 'version':
      return answer({ status: 200, body: { version: RELEASE } });
    case 'openapi':
      return answer({ status: 200, body: (await import('./openapi.ts')).openApiDocument() });
    case 'unknown':
      return notFound();
    case 'method-not-allowed':
      return methodNotAllowed(route.allowed);
    default:
      return carryOut(route.operation, event, request, context);
  }
}

/** What is known of a request so far, for its record. */
interface Progress {
  origin: RequestOrigin;
}

async function carryOut(
  operation: Operation,
  event: GatewayEvent,
  request: GatewayRequest,
  context: RestContext,
): Promise<GatewayReply> {
  const { requestId, protector } = context;
  const progress: Progress = {
    origin: { caller: NO_CALLER, vendor: 'aws.rest', requestId, clientIp: request.clientIp },
  };
  let call: Call;
  try {
    call = await understand(operation, event, request, context, progress);
  } catch (error) {
    const refusal = toRefusal(error);
    refusal.operation = operation;
    throw await protector.refuse(progress.origin, refusal);
  }
  const room = replyRoom();
  const batches = call.columns.map((column) => columnBatch(column, progress.origin, room));
  return protector.runAll(
    batches.map((batch) => batch.request),
    (results) => answer(call.reply(results.map((result, i) => batches[i]!.reply(result)))),
  );
}

/** Decides who asks, then parses the body: the body of an unknown caller is not read. */
async function understand(
  operation: Operation,
  event: GatewayEvent,
  request: GatewayRequest,
  { settings, protector }: RestContext,
  progress: Progress,
): Promise<Call> {
  const asks = (caller: Caller | undefined): void => {
    progress.origin = { ...progress.origin, caller: caller ?? NO_CALLER };
  };
  const known = await knownCaller(event, request, await settings(), protector.identify);
  asks(known.caller);
  const bytes = readGatewayBody(event);
  checkParts(bytes);
  const body = parseBody(bytes.toString());
  asks(settledCaller(known, body.plain, protector.identify));
  return readForm(operation, body);
}

function readForm(operation: Operation, body: JsonBody): Call {
  const name = legacyName(body.plain);
  return name === undefined ? readV1(operation, body) : readLegacy(operation, name, body.plain);
}

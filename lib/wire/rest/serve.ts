// Serves one request of the REST function: the caller, the operation, the answer.

import { attempt } from '../../base/attempt.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { Operation } from '../../base/operation.ts';
import { CANARY } from '../../contract/policy-agent.ts';
import { RELEASE } from '../../contract/release.ts';
import type { RequestOrigin } from '../../protect/batch.ts';
import type { Protector } from '../../protect/protector.ts';
import { RefusedError, toRefusal } from '../../protect/refusal.ts';
import {
  type GatewayEvent,
  type GatewayReply,
  type GatewayRequest,
  readGatewayBody,
  readGatewayRequest,
} from '../gateway.ts';
import { columnBatch } from './batch.ts';
import { malformed } from '../malformed.ts';
import { replyRoom } from '../reply-limit.ts';
import { type JsonBody, parseBody } from './body.ts';
import type { Call } from './call.ts';
import { legacyName, readLegacy } from './legacy.ts';
import { answer, methodNotAllowed, notFound } from './reply.ts';
import { routeOf } from './route.ts';
import type { RestSettings, TokenSettings } from './settings.ts';
import { readV1 } from './v1.ts';

export interface RestContext {
  readonly requestId: string | undefined;
  readonly protector: Pick<Protector, 'runAll' | 'refuse'>;
  /** Rejects with `RefusedError` when they are invalid. */
  readonly settings: () => Promise<RestSettings>;
  /** Epoch milliseconds, for the validity of tokens. */
  readonly nowMs: () => number;
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
  const progress: Progress = { origin: { user: '', vendor: 'aws.rest', requestId, clientIp: request.clientIp } };
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

/** Identifies the caller, then parses the body: the body of an unknown caller is not read. */
async function understand(
  operation: Operation,
  event: GatewayEvent,
  request: GatewayRequest,
  { settings, nowMs }: RestContext,
  progress: Progress,
): Promise<Call> {
  const known = await settings();
  const identify = (user: string | undefined): void => {
    progress.origin = { ...progress.origin, user: user ?? '' };
  };
  const subject = known.caller === 'token' ? await subjectOf(known, event, request, nowMs()) : undefined;
  identify(subject);
  const body = parseBody(readGatewayBody(event).toString());
  const user = userOf(known, subject, body);
  identify(user);
  if (user === undefined) throw new RefusedError(known.caller === 'token' ? 'USER_CLAIM_MISSING' : 'USER_MISSING');
  return readForm(operation, body);
}

/** The user that a token speaks for; or the canary, which has none. */
async function subjectOf(
  settings: TokenSettings,
  event: GatewayEvent,
  request: GatewayRequest,
  nowMs: number,
): Promise<string | undefined> {
  const authorization = request.headerValues('authorization');
  if (settings.canary && authorization.length === 0 && isCanary(event, request)) return CANARY;
  // Loaded on demand, with the package that reads tokens: most functions need neither.
  const { userOfToken } = await import('./token.ts');
  return userOfToken(authorization, settings, nowMs);
}

/**
 * Tells whether the policy agent calls. A request without a method did not pass a gateway, so its caller may invoke the
 * function itself (`lambda:InvokeFunction`); and the canary may use its own elements and nothing else.
 */
function isCanary(event: GatewayEvent, { method }: GatewayRequest): boolean {
  if (method !== undefined) return false;
  const body = attempt(() => parseBody(readGatewayBody(event).toString()));
  return body.ok && body.value.plain['user'] === CANARY;
}

function userOf(settings: RestSettings, subject: string | undefined, { plain }: JsonBody): string | undefined {
  if (settings.caller === 'token' && !settings.assumeUser) return subject;
  return userOfBody(plain) ?? subject;
}

function userOfBody(body: JsonObject): string | undefined {
  const name = legacyName(body);
  const fields = name === undefined ? body : body[name];
  const user = isObject(fields) ? fields[name === undefined ? 'user' : 'policyusername'] : undefined;
  if (user === undefined || user === null || user === '') return undefined;
  if (typeof user !== 'string') throw malformed('the user is no text');
  return user;
}

function readForm(operation: Operation, body: JsonBody): Call {
  const name = legacyName(body.plain);
  return name === undefined ? readV1(operation, body) : readLegacy(operation, name, body.plain);
}

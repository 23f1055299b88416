// Serves one request of the tenant gateway: the caller, the tenant, the answer.

import { isObject, type JsonObject } from '../../base/json.ts';
import type { EventDraft } from '../../events/event.ts';
import { readMetadata, readSecurityEvent } from '../../events/metadata.ts';
import type { KeyOperationsOptions } from '../../tenants/key-operations.ts';
import { type EventAcceptor, KeyService } from '../../tenants/key-service.ts';
import type { Tenants } from '../../tenants/model.ts';
import { type GatewayEvent, type GatewayReply, gatewayReply, readGatewayRequest } from '../gateway.ts';
import { readBody } from './body.ts';
import { checkCaller, type ClientLanguage, clientLanguage } from './caller.ts';
import { TspRefusal } from './codes.ts';
import { type Answer, KEY_OPERATIONS } from './operations.ts';
import { routeOf, type TspOperation } from './route.ts';

export interface TspEnvironment extends KeyOperationsOptions {
  /** Returns the current tenants. */
  readonly tenants: () => Promise<Tenants>;
  readonly events: EventAcceptor;
  readonly nowMs: () => number;
}

/** The metrics of a request. Filled in step by step, so that a refusal is counted too. */
export interface TspFacts {
  operation: TspOperation | 'unknown';
  language: ClientLanguage;
  /** Numbers of answered keys, refused ids of a batch, and durable events. */
  keys: number;
  refused: number;
  events: number;
}

export function noFacts(): TspFacts {
  return { operation: 'unknown', language: 'other', keys: 0, refused: 0, events: 0 };
}

/** Answers a request. Rejects with errors that `toTspRefusal` converts. */
export async function serveTsp(
  event: GatewayEvent,
  environment: TspEnvironment,
  facts: TspFacts,
): Promise<GatewayReply> {
  const request = readGatewayRequest(event);
  facts.language = clientLanguage(request);
  const route = routeOf(request);
  if (route.kind === 'unknown') throw new TspRefusal('INVALID_REQUEST_BODY', 'There is no such route', { status: 404 });
  if (route.kind === 'method-not-allowed') {
    throw new TspRefusal('INVALID_REQUEST_BODY', 'Only POST is served here', { status: 405 });
  }
  facts.operation = route.operation;
  const tenants = await environment.tenants();
  checkCaller(request, tenants);
  const body = readBody(event);
  const events = counted(environment.events, facts);
  const {
    body: answer,
    keys,
    refused,
  } = route.operation === 'security-event'
    ? await logEvent(body, environment, events)
    : await KEY_OPERATIONS[route.operation]({
        keys: new KeyService({ ...environment, events }),
        tenants,
        metadata: readMetadata(body),
        body,
      });
  facts.keys = keys;
  facts.refused = refused;
  return reply(200, answer);
}

export function refuseTsp({ status, body }: TspRefusal): GatewayReply {
  return reply(status, body, status === 405 ? { Allow: 'POST' } : {});
}

async function logEvent(body: JsonObject, { nowMs }: TspEnvironment, events: EventAcceptor): Promise<Answer> {
  await events.accept([readSecurityEvent(withEventInside(body), nowMs())]);
  return { body: null, keys: 0, refused: 0 };
}

/** Moves the event's name into the metadata: one public client sends it beside them. */
function withEventInside(body: JsonObject): JsonObject {
  const { event, iclFields } = body;
  if (event === undefined || !isObject(iclFields) || iclFields['event'] !== undefined) return body;
  return { ...body, iclFields: { ...iclFields, event } };
}

function counted(events: EventAcceptor, facts: TspFacts): EventAcceptor {
  return {
    accept: async (drafts: readonly EventDraft[]) => {
      await events.accept(drafts);
      facts.events += drafts.length;
    },
  };
}

/** Makes a reply. Answers hold keys, so no cache may store them. */
function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): GatewayReply {
  return gatewayReply(status, JSON.stringify(body), { 'Cache-Control': 'no-store', ...headers });
}

// The tenant gateway: keys of tenants and their security events, for the public tenant-security clients.
import { randomBytes } from 'node:crypto';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { EventDraft } from '../../../lib/events/event.ts';
import { EventLog } from '../../../lib/events/event-log.ts';
import type { EventSink } from '../../../lib/events/ports.ts';
import { Leases } from '../../../lib/tenants/leases.ts';
import type { GatewayEvent, GatewayReply } from '../../../lib/wire/gateway.ts';
import { type TspRefusal, toTspRefusal } from '../../../lib/wire/tsp/codes.ts';
import { noFacts, refuseTsp, serveTsp, type TspEnvironment, type TspFacts } from '../../../lib/wire/tsp/serve.ts';
import { type ApplicationLog, causesOf, consoleLog } from '../application-log.ts';
import { embeddedMetrics, type WriteLine } from '../metrics.ts';
import { deadlineOf, type LambdaHandler } from '../invocation.ts';

export interface GatewayEnvironment extends TspEnvironment {
  /** @default no metrics */
  readonly writeMetrics?: WriteLine;
}

/** What differs between AWS and a laptop. */
export interface GatewayParts extends Pick<GatewayEnvironment, 'kms' | 'tenants' | 'writeMetrics'> {
  readonly sink: EventSink;
}

/** Makes the environment; once per execution environment, since it holds the leases and the chains of events. */
export function gatewayEnvironment({
  sink,
  ...parts
}: GatewayParts): GatewayEnvironment & { readonly events: EventLog } {
  const nowMs = Date.now;
  const random = randomBytes;
  const leases = new Leases({ kms: parts.kms, random, nowMs });
  return { ...parts, leases, random, nowMs, events: new EventLog({ sink, nowMs, random }) };
}

interface RequestState {
  readonly facts: TspFacts;
  readonly startedMs: number;
  readonly nowMs: () => number;
  readonly write: WriteLine | undefined;
}

type RequestStates = WeakMap<Context, RequestState>;

/** Returns the gateway over any environment. It never throws: every failure is a reply with a code. */
export function tenantGateway(
  environment: () => Promise<GatewayEnvironment>,
  log: ApplicationLog = consoleLog,
): LambdaHandler<GatewayEvent, GatewayReply> {
  const states: RequestStates = new WeakMap();
  // middy runs `after` and `onError` in reverse order: a refusal is answered, then counted.
  return middy<GatewayEvent, GatewayReply>({ timeoutEarlyInMillis: 0 })
    .use(writeMetrics(states))
    .use(answerRefusals(log))
    .handler(async (event: GatewayEvent | null, context: Context) => {
      const made = await environment();
      const { nowMs, writeMetrics: write } = made;
      const state = { facts: noFacts(), startedMs: nowMs(), nowMs, write };
      states.set(context, state);
      const deadline = deadlineOf(context);
      const accept = (drafts: readonly EventDraft[]) => made.events.accept(drafts, deadline.signal);
      return serveTsp(event ?? {}, { ...made, events: { accept } }, state.facts).finally(deadline.clear);
    });
}

function answerRefusals(log: ApplicationLog): MiddlewareObj<GatewayEvent, GatewayReply> {
  return {
    onError: (request) => {
      const refusal = toTspRefusal(request.error);
      log({
        level: isOurs(refusal) ? 'ERROR' : 'WARN',
        message: 'Request refused',
        requestId: request.context.awsRequestId,
        code: refusal.code,
        cause: refusal.cause === undefined ? undefined : causesOf(refusal.cause),
      });
      request.response = refuseTsp(refusal);
    },
  };
}

/** Says whether a refusal is a fault of this service rather than of the caller or the tenant. */
function isOurs({ status }: TspRefusal): boolean {
  return status >= 500;
}

/** Writes one line per request. Dimensions come from closed lists; tenants appear in the events only. */
function writeMetrics(states: RequestStates): MiddlewareObj<GatewayEvent, GatewayReply> {
  const write = (context: Context, status: number): void => {
    const state = states.get(context);
    if (state?.write === undefined) return;
    const { operation, language, keys, refused, events } = state.facts;
    const nowMs = state.nowMs();
    const outcome = status < 400 ? 'success' : status < 500 ? 'refused' : 'fault';
    const values = {
      KeyOperations: keys,
      EventsAccepted: events,
      Refusals: status < 400 ? refused : 1,
      Duration: nowMs - state.startedMs,
    };
    state.write(embeddedMetrics(nowMs, values, { operation, client: language, outcome }));
  };
  return {
    after: ({ context, response }) => write(context, response!.statusCode),
    onError: ({ context, response }) => write(context, (response as GatewayReply).statusCode),
  };
}

import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Trail } from '../../../lib/audit/ports.ts';
import type { Protector } from '../../../lib/protect/protector.ts';
import { RefusedError, toRefusal } from '../../../lib/protect/refusal.ts';
import { type ApplicationLog, causesOf, consoleLog } from '../application-log.ts';
import { deadlineOf, type LambdaHandler } from '../invocation.ts';
import type { WriteLine } from '../metrics.ts';
import { RequestMetrics } from './request-metrics.ts';

/** The parts that every request of a protect function shares: made once per execution environment. */
export interface Environment {
  readonly protector: Protector;
  readonly trail: Trail;
  /** Takes one line in embedded metric format per audit entry. @default no metrics */
  readonly writeMetrics?: WriteLine;
}

/** The part of a front end in the pipeline: it serves an event, and words a refusal. */
export interface EntryPoint<Event, Reply> {
  readonly serve: (event: Event, call: Call) => Promise<Reply>;
  readonly refuse: (refusal: RefusedError) => Reply;
}

/** One invocation, as a front end sees it. */
export interface Call {
  readonly requestId: string | undefined;
  readonly protector: Protector;
  /** Runs `work` once the records of the reply are durable; never for a refused request. */
  readonly onDurable: (work: () => void) => void;
}

/** The state of a request under way, found by its context. */
interface RequestState {
  /** Records into the trail of this request. */
  readonly protector: Protector;
  /** Settles as the trail does, half a second before the time limit at the latest. */
  readonly flush: () => Promise<void>;
  readonly whenDurable: (() => void)[];
}

type RequestStates = WeakMap<Context, RequestState>;

/**
 * Makes the Lambda handler of a front end. No reply leaves before the audit trail is durable, and every failure becomes
 * a refusal in the form of the front end: the caller never gets an error of Lambda.
 */
export function lambdaHandler<Event, Reply>(
  environment: () => Promise<Environment>,
  entryPoint: EntryPoint<Event, Reply>,
  log: ApplicationLog = consoleLog,
): LambdaHandler<Event, Reply> {
  const states: RequestStates = new WeakMap();
  // middy runs `after` and `onError` in reverse order: the trail is flushed before an error is worded.
  return middy<Event, Reply>({ timeoutEarlyInMillis: 0 })
    .use(answerRefusals(entryPoint.refuse, log))
    .use(bindEnvironment(environment, states))
    .use(flushTrail(states))
    .handler((event: Event, context: Context) => {
      const { protector, whenDurable } = states.get(context)!;
      const onDurable = (work: () => void): void => void whenDurable.push(work);
      return entryPoint.serve(event, { requestId: context.awsRequestId, protector, onDurable });
    });
}

/**
 * Asks for the environment once per request, also when that fails: a key service that hangs must not be asked three
 * times.
 */
function bindEnvironment<Event, Reply>(
  environment: () => Promise<Environment>,
  states: RequestStates,
): MiddlewareObj<Event, Reply> {
  return {
    before: async ({ context }) => {
      states.set(context, requestState(await environment(), context));
    },
  };
}

function requestState({ protector, trail, writeMetrics }: Environment, context: Context): RequestState {
  const metrics = writeMetrics === undefined ? undefined : new RequestMetrics(Date.now);
  const own = trail.open();
  const watched = metrics?.watch(own) ?? own;
  return {
    protector: protector.recordingTo(watched),
    whenDurable: [],
    flush: async () => {
      const deadline = deadlineOf(context);
      try {
        await watched.flush(deadline.signal);
      } finally {
        deadline.clear();
        if (writeMetrics !== undefined) metrics?.write(writeMetrics);
      }
    },
  };
}

/** Holds back every reply, refusals included, until its record is durable. */
function flushTrail<Event, Reply>(states: RequestStates): MiddlewareObj<Event, Reply> {
  const flush = async (context: Context): Promise<void> => {
    try {
      await states.get(context)?.flush();
    } catch (error) {
      throw toRefusal(error);
    }
  };
  return {
    after: async ({ context }) => {
      await flush(context);
      for (const work of states.get(context)?.whenDurable ?? []) work();
    },
    onError: async (request) => {
      // A failed flush is not repeated here: the trail keeps its lines and offers them with the next request.
      if (request.error instanceof RefusedError && request.error.code === 'AUDIT_UNAVAILABLE') return;
      try {
        await flush(request.context);
      } catch (error) {
        request.error = error as Error;
      }
    },
  };
}

function answerRefusals<Event, Reply>(
  refuse: (refusal: RefusedError) => Reply,
  log: ApplicationLog,
): MiddlewareObj<Event, Reply> {
  return {
    onError: (request) => {
      const refusal = toRefusal(request.error);
      log({
        level: refusal.cause === undefined ? 'WARN' : 'ERROR',
        message: 'Request refused',
        requestId: request.context.awsRequestId,
        code: refusal.code,
        row: refusal.row,
        cause: refusal.cause === undefined ? undefined : causesOf(refusal.cause),
      });
      request.response = refuse(refusal);
    },
  };
}

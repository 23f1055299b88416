import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Trail } from '../../../lib/audit/ports.ts';
import type { Protector } from '../../../lib/protect/protector.ts';
import { RefusedError, toRefusal } from '../../../lib/protect/refusal.ts';
import { type ApplicationLog, causesOf, consoleLog } from '../application-log.ts';
import { RequestMetrics, type WriteLine } from '../metrics.ts';

/** What every entry point works with: made once per execution environment. */
export interface Environment {
  readonly protector: Protector;
  readonly trail: Trail;
  /** Takes a line in embedded metric format per audit entry. @default no metrics */
  readonly writeMetrics?: WriteLine;
}

/** What an entry point adds to the pipeline: how it serves an event, and how it words a refusal. */
export interface EntryPoint<Event, Reply> {
  readonly serve: (event: Event, call: Call) => Promise<Reply>;
  readonly refuse: (refusal: RefusedError) => Reply;
}

/** One invocation, as an entry point sees it. */
export interface Call {
  readonly requestId: string | undefined;
  readonly protector: Protector;
  /** Has `work` done when the reply's records are durable; not when the request is refused. */
  readonly onDurable: (work: () => void) => void;
}

export type LambdaHandler<Event, Reply> = (event: Event, context: Context) => Promise<Reply>;

/** What is kept of a request under way, by its context. */
interface RequestState {
  /** Records in the request's own trail. */
  readonly protector: Protector;
  /** Resolves or rejects as the trail does, at the latest when little is left of the time limit. */
  readonly flush: () => Promise<void>;
  readonly whenDurable: (() => void)[];
}

type RequestStates = WeakMap<Context, RequestState>;

/** What is left of the time limit when the trail is given up: enough to word the refusal. */
const REPLY_WITHIN_MS = 500;

/**
 * The handler of an entry point. Whatever it is, nothing leaves before the audit trail is durable, and every failure becomes
 * the entry point's own kind of refusal: no error is thrown at the caller.
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

/** Makes the environment, or fails to, once per request: a key service that hangs must not be asked three times. */
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

/** Aborts when little is left of the time limit: a sink that hangs must not take the refusal with it. */
export function deadlineOf(context: Context): { signal?: AbortSignal; clear: () => void } {
  // Absent where no time limit is: on a laptop.
  const remainingMs = (context as Partial<Context>).getRemainingTimeInMillis?.();
  if (remainingMs === undefined) return { clear: () => {} };
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), Math.max(0, remainingMs - REPLY_WITHIN_MS));
  return { signal: giveUp.signal, clear: () => clearTimeout(timer) };
}

/** Nothing is answered, not even a refusal, before its record is durable. */
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
      // A failed flush is not tried again here: the trail keeps its lines and offers them with the next request.
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

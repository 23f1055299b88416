import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { AuditTrail } from '../lib/audit/trail.ts';
import type { Protector } from '../lib/protect/protector.ts';
import { RefusedError, toRefusal } from '../lib/protect/refusal.ts';
import { type ApplicationLog, causesOf } from './log.ts';

/** What every entry point works with: made once per execution environment. */
export interface Environment {
  readonly protector: Protector;
  readonly trail: Pick<AuditTrail, 'flush'>;
  readonly log: ApplicationLog;
}

/** What an entry point adds to the pipeline: how it serves an event, and how it words a refusal. */
export interface EntryPoint<Event, Reply> {
  readonly serve: (event: Event, requestId: string | undefined, protector: Protector) => Promise<Reply>;
  readonly refuse: (refusal: RefusedError) => Reply;
}

export type LambdaHandler<Event, Reply> = (event: Event, context: Context) => Promise<Reply>;

/**
 * The handler of an entry point. Whatever it is, nothing leaves before the audit trail is durable, and every failure becomes
 * the entry point's own kind of refusal: no error is thrown at the caller.
 */
export function lambdaHandler<Event, Reply>(
  environment: () => Promise<Environment>,
  entryPoint: EntryPoint<Event, Reply>,
): LambdaHandler<Event, Reply> {
  // middy runs `after` and `onError` in reverse order: the trail is flushed before an error is worded.
  const handler = middy<Event, Reply>({ timeoutEarlyInMillis: 0 })
    .use(answerRefusals(environment, entryPoint.refuse))
    .use(flushTrail(environment))
    .handler(async (event: Event, context: Context) => {
      const { protector } = await environment();
      return entryPoint.serve(event, context.awsRequestId, protector);
    });
  return handler;
}

/** Nothing is answered, not even a refusal, before its record is durable. */
function flushTrail<Event, Reply>(environment: () => Promise<Environment>): MiddlewareObj<Event, Reply> {
  const flush = async (): Promise<void> => {
    const { trail } = await environment();
    await trail.flush().catch((error: unknown) => {
      throw toRefusal(error);
    });
  };
  return {
    after: flush,
    onError: async (request) => {
      // A failed flush is not tried again here: the trail keeps its lines and offers them with the next request.
      if (request.error instanceof RefusedError && request.error.code === 'AUDIT_UNAVAILABLE') return;
      try {
        await flush();
      } catch (error) {
        request.error = error as Error;
      }
    },
  };
}

function answerRefusals<Event, Reply>(
  environment: () => Promise<Environment>,
  refuse: (refusal: RefusedError) => Reply,
): MiddlewareObj<Event, Reply> {
  return {
    onError: async (request) => {
      const refusal = toRefusal(request.error);
      const log = await environment().then(
        (made) => made.log,
        () => undefined,
      );
      log?.({
        level: refusal.cause === undefined ? 'WARN' : 'ERROR',
        message: 'Request refused',
        requestId: request.context?.awsRequestId,
        code: refusal.code,
        row: refusal.row,
        cause: refusal.cause === undefined ? undefined : causesOf(refusal.cause),
      });
      request.response = refuse(refusal);
    },
  };
}

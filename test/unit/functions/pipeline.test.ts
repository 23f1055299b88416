import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LogEntry } from '../../../functions/runtime/application-log.ts';
import { type EntryPoint, type Environment, lambdaHandler } from '../../../functions/runtime/protect/pipeline.ts';
import { AuditError } from '../../../lib/audit/errors.ts';
import type { RequestTrail } from '../../../lib/audit/ports.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { callerNamed } from '../../support/caller.ts';
import { lambdaContext } from '../../support/policy.ts';
import { RequestMetrics } from '../../../functions/runtime/protect/request-metrics.ts';
import { entry as auditEntry } from '../../support/audit.ts';

/** The steps of the request, in order. */
let steps: string[];
let log: LogEntry[];
let flush: (giveUp?: AbortSignal) => Promise<void>;
let writeMetrics: (line: string) => void;
let serve: (event: unknown, protector: Protector) => Promise<string>;
let environments: number;
let environmentFailure: unknown;

beforeEach(() => {
  steps = [];
  log = [];
  environments = 0;
  environmentFailure = undefined;
  flush = async () => {};
  writeMetrics = () => {};
  serve = async () => 'answer';
});

async function environment(): Promise<Environment> {
  environments += 1;
  if (environmentFailure !== undefined) throw environmentFailure;
  const own: RequestTrail = {
    record: () => {},
    flush: async (giveUp) => {
      steps.push('flush');
      await flush(giveUp);
      steps.push('flushed');
    },
  };
  return {
    protector: new Protector(fails(new Error('no policy')), own, () => 0),
    trail: { open: () => own },
    writeMetrics,
  };
}

function invoke(event: unknown = {}, context = lambdaContext()): Promise<string> {
  const entryPoint: EntryPoint<unknown, string> = {
    serve: async (received, { requestId, protector, onDurable }) => {
      steps.push(`serve ${requestId}`);
      onDurable(() => steps.push('durable'));
      return serve(received, protector);
    },
    refuse: (refusal) => {
      steps.push('refuse');
      return `${refusal.code}: ${refusal.message}`;
    },
  };
  const handler = lambdaHandler(environment, entryPoint, (entry) => {
    steps.push('log');
    log.push(entry);
  });
  return handler(event, context);
}

const request = () => ({
  origin: { caller: callerNamed('CANARY'), vendor: 'aws.redshift' },
  target: () => ({ operation: 'Protect', element: 'CANARY' }) as const,
  column: () => ['CANARY'],
  encode: () => 'answer',
});

const fails = (failure: unknown) => () => Promise.reject(failure);

describe('the pipeline of a function', () => {
  test('answers only when the trail is durable', async () => {
    const durable = Promise.withResolvers<void>();
    flush = () => durable.promise;
    let answered = false;
    const answer = invoke().finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([answered, steps]).toEqual([false, ['serve request-1', 'flush']]);
    durable.resolve();
    expect(await answer).toBe('answer');
    expect(steps).toEqual(['serve request-1', 'flush', 'flushed', 'durable']);
  });

  test('refuses only when the record of the refusal is durable', async () => {
    serve = fails(new RefusedError('NOT_AUTHORIZED'));
    expect(await invoke()).toBe('NOT_AUTHORIZED: User not authorized. Refer to audit log for details.');
    expect(steps).toEqual(['serve request-1', 'flush', 'flushed', 'log', 'refuse']);
    expect(log).toEqual([
      {
        level: 'WARN',
        message: 'Request refused',
        requestId: 'request-1',
        code: 'NOT_AUTHORIZED',
        row: undefined,
        cause: undefined,
      },
    ]);
  });

  test.each([
    [
      'an AuditError',
      new AuditError('AUDIT_SINK_UNAVAILABLE', 'down'),
      'AUDIT_UNAVAILABLE: Failed to send logs, connection refused !',
    ],
    ['a bug', new TypeError('CANARY'), 'ENGINE_FAILED: Crypto operation failed'],
  ])('withholds the answer when the flush fails with %s', async (_, failure, answer) => {
    flush = fails(failure);
    expect(await invoke()).toBe(answer);
    expect(log).toMatchObject([{ level: 'ERROR' }]);
    expect(JSON.stringify(log)).not.toContain('CANARY');
  });

  test('does not repeat a failed flush in the same request', async () => {
    flush = fails(new AuditError('AUDIT_SINK_UNAVAILABLE', 'down'));
    await invoke();
    expect(steps.filter((step) => step === 'flush')).toHaveLength(1);
    steps = [];
    serve = fails(new RefusedError('AUDIT_UNAVAILABLE'));
    await invoke();
    expect(steps).not.toContain('flush');
  });

  test('reports the failed trail rather than the reason of the refusal', async () => {
    serve = fails(new RefusedError('NOT_AUTHORIZED'));
    flush = fails(new AuditError('AUDIT_SINK_UNAVAILABLE', 'down'));
    expect(await invoke()).toBe('AUDIT_UNAVAILABLE: Failed to send logs, connection refused !');
  });

  test.each([
    ['an error of a library', new SyntaxError('Unexpected token CANARY')],
    ['a text', 'CANARY'],
    ['nothing', undefined],
  ])('answers %s with an engine fault, without its message', async (_, thrown) => {
    serve = fails(thrown);
    expect(await invoke()).toBe('ENGINE_FAILED: Crypto operation failed');
    expect(JSON.stringify([log, steps])).not.toContain('CANARY');
  });

  test('logs where an unexpected error was thrown', async () => {
    serve = fails(new SyntaxError('CANARY'));
    await invoke();
    expect(log).toMatchObject([{ level: 'ERROR', code: 'ENGINE_FAILED', cause: [{ name: 'SyntaxError' }] }]);
    expect(log[0]?.cause?.[0]?.at.join('\n')).toContain('pipeline.test.ts');
  });

  test('names the row in the log, and not its value', async () => {
    serve = fails(new RefusedError('INPUT_TOO_SHORT', { row: 3 }));
    await invoke();
    expect(log).toMatchObject([{ row: 3, code: 'INPUT_TOO_SHORT' }]);
  });

  test('answers without an environment, and names the missing setting', async () => {
    environmentFailure = new RefusedError('NOT_CONFIGURED', { detail: 'the environment variable X is missing' });
    expect(await invoke()).toBe(
      'NOT_CONFIGURED: The protector is not configured: the environment variable X is missing',
    );
    expect(steps).toEqual(['log', 'refuse']);
  });

  // Each attempt is a whole call of KMS when KMS is down.
  test('asks for a failing environment once per request', async () => {
    environmentFailure = new RefusedError('KEY_UNAVAILABLE');
    await invoke();
    expect(environments).toBe(1);
  });

  test('abandons a hanging trail half a second before the time limit, and refuses', async () => {
    flush = (giveUp) =>
      new Promise((_, reject) => {
        giveUp?.addEventListener('abort', () => reject(new AuditError('AUDIT_SINK_UNAVAILABLE', 'time is up')));
      });
    const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 520 };
    expect(await invoke({}, context)).toBe('AUDIT_UNAVAILABLE: Failed to send logs, connection refused !');
  });

  test('sets no deadline for the trail where there is no time limit', async () => {
    let limit: AbortSignal | undefined = AbortSignal.abort();
    flush = async (giveUp) => {
      limit = giveUp;
    };
    await invoke();
    expect(limit).toBeUndefined();
  });

  test('writes its metrics once per request, whatever the outcome', async () => {
    const lines: string[] = [];
    writeMetrics = (line) => void lines.push(line);
    serve = async (_, protector) => protector.run(request()).catch((error: unknown) => Promise.reject(error));
    await invoke();
    flush = fails(new AuditError('AUDIT_SINK_UNAVAILABLE', 'down'));
    await invoke();
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        outcome: 'fault',
        operation: 'unknown',
        vendor: 'aws.redshift',
        Batches: 1,
        Refusals: 1,
      }),
      expect.objectContaining({ outcome: 'fault', AuditWriteFailures: 1 }),
    ]);
    expect(lines.join()).not.toContain('CANARY');
  });

  test('counts each use of a break-glass role', async () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const metrics = new RequestMetrics(() => 0);
    const trail = metrics.watch({ record: () => {}, flush: async () => {} });
    for (const breakGlass of [true, undefined]) trail.record(auditEntry({ breakGlass }));
    metrics.write(write);
    expect(lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['BreakGlassUses'])).toEqual([
      1,
      undefined,
    ]);
  });

  test('passes the event through unchanged', async () => {
    const received: unknown[] = [];
    serve = async (event) => {
      received.push(event);
      return 'answer';
    };
    for (const event of [null, undefined, 'text', { a: 1 }]) {
      await invoke(event);
    }
    expect(received.slice(-1)).toEqual([{ a: 1 }]);
    expect(received).toHaveLength(4);
  });
});

import { describe, expect, test } from '@jest/globals';
import { witnessHandler } from '../../../functions/runtime/witness/witness.ts';
import { LogError } from '../../../lib/transparency/errors.ts';
import { originHash } from '../../../lib/transparency/witness.ts';
import type { WitnessService } from '../../../lib/wire/witness.ts';
import { fixedLog, ORIGIN, START_MS } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { fixedWitness } from '../../support/witness.ts';

const HASH = originHash(ORIGIN);

function functionOver(witness: WitnessService) {
  const logged: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  const handler = witnessHandler(
    () => Promise.resolve(witness),
    (entry) => logged.push({ ...entry }),
    (line) => {
      const { _aws, function: _function, ...values } = JSON.parse(line) as Record<string, unknown>;
      metrics.push(values);
    },
    () => START_MS,
  );
  return { handler, logged, metrics };
}

const call = (httpMethod: string, path: string, body?: string) => ({ httpMethod, path, body, isBase64Encoded: false });

describe('the function of a witness', () => {
  test.each([
    ['POST', '/add-checkpoint', 400],
    ['POST', '/v1/add-checkpoint', 400],
    ['GET', '/add-checkpoint', 405],
    ['GET', `/${HASH}/checkpoint`, 404],
    ['GET', `/v1/${HASH}/checkpoint`, 404],
    ['POST', `/${HASH}/checkpoint`, 405],
    ['GET', '/short/checkpoint', 404],
    ['POST', '/', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    const { handler, logged } = functionOver(fixedWitness().witness);
    const reply = await handler(call(method, path, 'old'));
    expect([reply.statusCode, reply.headers['Content-Type']]).toEqual([status, 'text/plain; charset=utf-8']);
    expect(reply.body).toMatch(/^[^\n]+\n$/);
    expect(logged).toEqual([]);
  });

  test('answers an event that is none, and a request of more than a request can have', async () => {
    const { handler } = functionOver(fixedWitness().witness);
    expect((await handler(null)).statusCode).toBe(404);
    expect((await handler(call('POST', '/add-checkpoint', 'a'.repeat(80_000)))).statusCode).toBe(413);
    expect((await handler(call('POST', '/add-checkpoint'))).statusCode).toBe(400);
  });

  test.each([
    [new LogError('LOG_STORE_UNAVAILABLE', 'S3 failed'), 503],
    [new LogError('LOG_SIGNER_UNAVAILABLE', 'KMS failed'), 503],
    [new LogError('LOG_SIGNER_REFUSED', 'KMS refused'), 500],
    [new LogError('LOG_STORE_REFUSED', 'S3 refused'), 500],
    [new LogError('LOG_DAMAGED', 'nothing'), 500],
    [new TypeError('a bug'), 500],
  ])('answers %s with %d, logs the cause and tells the caller nothing of it', async (cause, status) => {
    // oxlint-disable-next-line typescript/require-await -- it stands for what rejects
    const fails = async (): Promise<never> => {
      throw cause;
    };
    const { handler, logged, metrics } = functionOver({ addCheckpoint: fails, checkpoint: fails });
    const reply = await handler(call('POST', '/add-checkpoint', 'old'));
    expect([reply.statusCode, reply.body]).toEqual([status, 'The witness failed: nothing was cosigned\n']);
    expect(logged).toMatchObject([{ level: 'ERROR', cause: [{ name: cause.name }] }]);
    const isKey = cause instanceof LogError && cause.code === 'LOG_SIGNER_REFUSED';
    expect(metrics).toEqual([{ WitnessFailures: 1, ...(isKey && { WitnessKeyRefused: 1 }) }]);
  });

  test('counts what it cosigned by log, and says nothing else of a request that it cosigned', async () => {
    const { witness } = fixedWitness();
    const { handler, logged, metrics } = functionOver(witness);
    const store = new MemoryTileStore();
    const log = fixedLog(store);
    await log.commit(await log.open(), [Buffer.from('leaf')]);
    const checkpoint = Buffer.from(store.objects.get('checkpoint')!).toString();
    expect((await handler(call('POST', '/add-checkpoint', `old 0\n\n${checkpoint}`))).statusCode).toBe(200);
    expect(metrics).toEqual([{ CheckpointsCosigned: 1, log: ORIGIN }]);
    expect((await handler(call('POST', '/add-checkpoint', `old 0\n\n${checkpoint}`))).statusCode).toBe(409);
    await handler(call('GET', `/${HASH}/checkpoint`));
    expect([metrics.length, logged]).toEqual([1, []]);
  });

  test('logs a checkpoint that does not continue its log, because that is what a witness is for', async () => {
    const refusing = { status: 422, type: 'text/plain', body: 'no\n' };
    const { handler, logged, metrics } = functionOver({
      addCheckpoint: () => Promise.resolve(refusing),
      checkpoint: () => Promise.resolve(refusing),
    });
    await handler(call('POST', '/add-checkpoint', 'old'));
    expect(logged).toMatchObject([{ level: 'WARN', message: 'A checkpoint does not continue its log' }]);
    expect(metrics).toEqual([{ CheckpointsRefuted: 1 }]);
  });

  test('reads a body that API Gateway has put into base64', async () => {
    const bodies: string[] = [];
    const { handler } = functionOver({
      addCheckpoint: (body) => {
        bodies.push(Buffer.from(body).toString());
        return Promise.resolve({ status: 200, type: 'text/plain', body: 'ok\n' });
      },
      checkpoint: () => Promise.reject(new Error('not asked')),
    });
    const body = Buffer.from('old 0\n').toString('base64');
    await handler({ ...call('POST', '/add-checkpoint', body), isBase64Encoded: true });
    expect(bodies).toEqual(['old 0\n']);
  });
});

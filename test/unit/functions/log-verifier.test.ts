import type { Context } from 'aws-lambda';
import { describe, expect, test } from '@jest/globals';
import { verifierHandler } from '../../../functions/runtime/verify/log-verifier.ts';
import type { CopiedLine } from '../../../lib/evidence/find-unsealed.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedLog, START_MS } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const CLOCK = { 'detail-type': 'Scheduled Event' } as const;
const context = (leftMs: number) => ({ getRemainingTimeInMillis: () => leftMs }) as Context;

const nowMs = (): number => START_MS + 10 * 60_000;

function functionOver(lines: readonly string[], read = (): void => {}) {
  const log = new MemoryTileStore();
  const logged: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  async function* written(): AsyncGenerator<CopiedLine> {
    read();
    for (const line of lines) yield { line, writtenMs: START_MS };
  }
  const environment = { written, log, memory: new MemoryTileStore(), settledAfterMs: 1, nowMs };
  const handler = verifierHandler(
    () => Promise.resolve(environment),
    (entry) => logged.push({ ...entry }),
    (line) => metrics.push(JSON.parse(line)),
  );
  return { handler, logged, metrics, seal: () => new Sealer(fixedLog(log), log).seal(lines) };
}

describe('the log verifier', () => {
  test('measures no unsealed record when the log has all', async () => {
    const { handler, seal, metrics, logged } = functionOver(await chainLines('a', 3));
    await seal();
    expect(await handler(CLOCK, context(600_000))).toEqual({ compared: 3, rejected: 0, unsealed: 0, unsealedAgeS: 0 });
    expect(metrics).toMatchObject([{ RecordsUnsealed: 0, UnsealedAge: 0 }]);
    expect(logged).toMatchObject([{ level: 'INFO', compared: 3 }]);
  });

  test('measures how many records the log lacks and how old they are, and names one without its content', async () => {
    const { handler, metrics, logged } = functionOver(await chainLines('a', 3, { user: 'PROBE' }));
    await handler(CLOCK, context(600_000));
    expect(metrics).toMatchObject([{ RecordsUnsealed: 3, UnsealedAge: 600 }]);
    expect(logged).toMatchObject([{ level: 'ERROR', record: 'a:1', unsealed: 3 }]);
    expect(JSON.stringify([logged, metrics])).not.toContain('PROBE');
  });

  test('measures how many watched keys cannot be used and names them, also when it cannot compare', async () => {
    const metrics: unknown[] = [];
    const logged: unknown[] = [];
    const handler = (keys: readonly { readonly key: string; readonly state: string }[]) =>
      verifierHandler(
        () =>
          Promise.resolve({
            written: () => {
              throw new Error('down');
            },
            log: new MemoryTileStore(),
            memory: new MemoryTileStore(),
            settledAfterMs: 1,
            nowMs,
            unusableKeys: () => Promise.resolve(keys),
          }),
        (entry) => logged.push(entry),
        (line) => metrics.push(JSON.parse(line)),
      );
    const key = { key: 'alias/protector-sealing', state: 'PendingDeletion' };
    await expect(handler([key])(CLOCK, context(600_000))).rejects.toMatchObject({ code: 'UNEXPECTED' });
    await expect(handler([])(CLOCK, context(600_000))).rejects.toMatchObject({ code: 'UNEXPECTED' });
    expect(metrics).toMatchObject([{ KeysUnusable: 1 }, { KeysUnusable: 0 }]);
    expect(logged).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'A key cannot be used', ...key }));
  });

  test('ends before its time limit, and says that the rest is not compared', async () => {
    const lines = [...Array.from({ length: 16_384 }, () => 'no record'), ...(await chainLines('a', 1))];
    const { handler, seal } = functionOver(lines);
    await seal();
    expect(await handler(CLOCK, context(60_000))).toMatchObject({ compared: 0, unsealedAgeS: 600 });
  });

  test('writes no metric when it cannot compare, which its alarm treats as bad', async () => {
    const { handler, metrics, logged } = functionOver([], () => {
      throw new Error('PROBE');
    });
    await expect(handler(CLOCK, context(600_000))).rejects.toMatchObject({ code: 'UNEXPECTED' });
    expect(metrics).toEqual([]);
    expect(logged).toMatchObject([{ level: 'ERROR', cause: [{ name: 'Error' }] }]);
    expect(JSON.stringify(logged)).not.toContain('PROBE');
  });

  test('refuses to start without its settings, and names the missing one', async () => {
    const { handler } = await import('../../../functions/log-verifier.ts');
    await expect(handler(CLOCK, context(600_000))).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('AUDIT_LOG_GROUP'),
    });
  });
});

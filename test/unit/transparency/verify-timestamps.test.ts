// When timestamps cover checkpoints. The tokens of these tests are the texts of their times.
import { describe, expect, test } from '@jest/globals';
import { LogError } from '../../../lib/transparency/errors.ts';
import { checkpointPath, timestampPath } from '../../../lib/transparency/layout.ts';
import { type TimestampRules, verifyTimestamps } from '../../../lib/transparency/verify-timestamps.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const RULES: TimestampRules = {
  split: (bytes) => {
    if (bytes.length === 0) throw new LogError('LOG_MALFORMED', 'empty');
    return Buffer.from(bytes)
      .toString()
      .split(' ')
      .map((text) => Buffer.from(text));
  },
  verify: (token) => {
    const text = Buffer.from(token).toString();
    return Promise.resolve(
      text === 'foreign' || text === 'wrong'
        ? { fault: text === 'foreign' ? 'unknown-key' : 'modified', detail: text }
        : { time: Number(text) },
    );
  },
  withinS: 100,
};

/** Checkpoints a thousand seconds apart or at `times`, with the given tokens by number. */
async function found(
  times: readonly number[],
  tokens: Readonly<Record<number, string>>,
  { now, latest, ...rules }: Partial<TimestampRules> & { readonly now?: number; readonly latest?: number } = {},
): Promise<readonly string[]> {
  const checkpoints = times.map((time, number) => ({ number, time }));
  const store = new MemoryTileStore([
    ...checkpoints.map(({ number }) => [checkpointPath(number), Buffer.from('note')] as const),
    ...Object.entries(tokens).map(([number, token]) => [timestampPath(Number(number)), Buffer.from(token)] as const),
  ]);
  const findings = await verifyTimestamps(
    store,
    checkpoints,
    { ...RULES, ...rules },
    { now, ...(latest !== undefined && { latest }) },
  );
  return findings.map(({ kind, path, note }) => `${kind} ${path}${note === true ? ' (note)' : ''}`);
}

const TIMES = [1000, 2000, 3000];

describe('timestamps of checkpoints', () => {
  test.each<[string, Parameters<typeof found>, readonly string[]]>([
    ['each has its own', [TIMES, { 0: '1002', 1: '2002', 2: '3100' }], []],
    ['a later one covers earlier checkpoints in time', [[1000, 1020, 1050], { 2: '1100' }], []],
    ['a late one has an earlier one after it', [[1000, 1010, 1020], { 1: '1200', 2: '1050' }], []],
    ['one is too late', [TIMES, { 0: '1002', 1: '2101', 2: '3002' }], ['untimely timestamps/001']],
    ['one is absent, and the next is too late for it', [TIMES, { 0: '1002', 2: '3002' }], ['untimely timestamps/001']],
    ['two in a row are absent', [TIMES, { 2: '3002' }], ['untimely timestamps/000']],
    ['the newest is absent', [TIMES, { 0: '1002', 1: '2002' }], ['missing timestamps/002']],
    ['all are absent', [TIMES, {}], ['missing timestamps/000']],
    ['the newest may still come', [TIMES, { 0: '1002', 1: '2002' }, { now: 3100 }], []],
    ['the newest is overdue', [TIMES, { 0: '1002', 1: '2002' }, { now: 3101 }], ['missing timestamps/002']],
    ['they began with the second', [TIMES, { 1: '2002', 2: '3002' }, { fromS: 1001 }], []],
    ['the second is needed', [TIMES, { 2: '3002' }, { fromS: 2000 }], ['untimely timestamps/001']],
    ['one is before its checkpoint', [TIMES, { 0: '899', 1: '1900', 2: '3002' }], ['untimely timestamps/000']],
    ['one is wrong', [[1000], { 0: 'wrong' }], ['modified timestamps/000', 'missing timestamps/000']],
    ['one is of a stranger', [[1000], { 0: 'foreign' }], ['unknown-key timestamps/000', 'missing timestamps/000']],
    ['one of two is of a stranger', [[1000], { 0: 'foreign 1002' }], ['unknown-key timestamps/000 (note)']],
    ['one of two is wrong', [[1000], { 0: '1002 wrong' }], ['modified timestamps/000']],
    ['the earlier of two counts', [[1000], { 0: '1200 1002' }], []],
    ['one is empty', [[1000], { 0: '' }], ['malformed timestamps/000', 'missing timestamps/000']],
    ['one is dated later than now', [[1000], { 0: '1401' }, { now: 1100 }], ['later-than-now timestamps/000']],
    ['one is ahead as clocks may be', [[1000], { 0: '1100' }, { now: 900 }], []],
    [
      'one of two is dated later than now',
      [[1000], { 0: '1002 1500' }, { now: 1100 }],
      ['later-than-now timestamps/000'],
    ],
    [
      'one is dated later than now and the log is verified as of later',
      [[1000], { 0: '1401' }, { now: 1100, latest: 1101, withinS: 500 }],
      [],
    ],
    ['one is of no checkpoint', [[1000], { 0: '1002', 7: '7002' }], []],
  ])('%s', async (_, given, expected) => {
    expect(await found(...given)).toEqual(expected);
  });

  test('an early one covers no checkpoint that came after it', async () => {
    expect(await found([1000, 5000], { 0: '1002', 1: '1003' })).toEqual(['untimely timestamps/001']);
  });
});

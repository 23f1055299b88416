import { describe, expect, test } from '@jest/globals';
import { LogError } from '../../../lib/transparency/errors.ts';
import { stampCheckpoint } from '../../../lib/transparency/timestamping.ts';
import { CLEAN } from '../../support/rewritten-log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { timestampFile } from '../../support/timestamps.ts';

const NONCE = Buffer.from('2ec335a88f9fe211', 'hex');
const GRANTED = timestampFile('granted.tsr');

/** Stamps checkpoint 5 of the clean log, by authorities that give these answers. */
function setup(...answers: readonly (Uint8Array | Error)[]) {
  const store = new MemoryTileStore(CLEAN);
  const requests: Uint8Array[] = [];
  const authorities = answers.map((answer, i) => ({
    name: `tsa-${i}`,
    ask: (request: Uint8Array) => {
      requests.push(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  }));
  const stamp = (number = 5) => stampCheckpoint({ store, authorities, nonce: () => NONCE }, number);
  return { store, requests, stamp };
}

describe('stamping a checkpoint', () => {
  test('keeps the tokens of all authorities one after another', async () => {
    const { store, stamp, requests } = setup(GRANTED, GRANTED);
    expect(await stamp()).toEqual({ stamped: true, asked: [{ name: 'tsa-0' }, { name: 'tsa-1' }] });
    const stored = Buffer.from(store.objects.get('timestamps/005')!);
    const half = stored.subarray(0, stored.length / 2);
    expect(stored).toEqual(Buffer.concat([half, half]));
    expect(GRANTED.includes(half)).toBe(true);
    expect(requests.map((each) => Buffer.from(each))).toEqual([
      timestampFile('request.tsq'),
      timestampFile('request.tsq'),
    ]);
  });

  test('asks nobody about a checkpoint that has a timestamp, or that is not there', async () => {
    const { stamp, requests } = setup(GRANTED);
    await stamp();
    expect(await stamp()).toEqual({ stamped: true, asked: [] });
    expect(await stamp(6)).toEqual({ stamped: false, asked: [] });
    expect(requests).toHaveLength(1);
  });

  test('keeps what one authority gave when another does not answer, and says why', async () => {
    const { store, stamp } = setup(
      new LogError('LOG_TIMESTAMP_UNAVAILABLE', 'no answer'),
      GRANTED,
      new Error('secret'),
    );
    expect(await stamp()).toEqual({
      stamped: true,
      asked: [
        { name: 'tsa-0', failure: 'no answer' },
        { name: 'tsa-1' },
        { name: 'tsa-2', failure: 'The timestamp authority could not be asked' },
      ],
    });
    expect(store.objects.has('timestamps/005')).toBe(true);
  });

  test('stores nothing when nobody gives a timestamp, so that it is asked for again', async () => {
    const { store, stamp, requests } = setup(timestampFile('refused.tsr'));
    const refused = { name: 'tsa-0', failure: expect.stringContaining('refused') };
    expect(await stamp()).toEqual({ stamped: false, asked: [refused] });
    expect(store.objects.has('timestamps/005')).toBe(false);
    await stamp();
    expect(requests).toHaveLength(2);
  });
});

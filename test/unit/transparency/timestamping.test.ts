import { describe, expect, test } from '@jest/globals';
import { LogError } from '../../../lib/transparency/errors.ts';
import type { SignedCheckpoint } from '../../../lib/transparency/log-writer.ts';
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
  const stamp = (of: number | SignedCheckpoint = 5) => stampCheckpoint({ store, authorities, nonce: () => NONCE }, of);
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

describe('stamping a checkpoint that was just signed', () => {
  const bytes = CLEAN.get('checkpoints/005')!;

  test('asks while it is stored, and keeps the token once it is', async () => {
    const { store, stamp, requests } = setup(GRANTED);
    const storing = Promise.withResolvers<boolean>();
    const stamping = stamp({ number: 5, bytes, stored: storing.promise });
    await new Promise(setImmediate);
    expect([requests.length, store.objects.has('timestamps/005')]).toEqual([1, false]);
    storing.resolve(true);
    expect(await stamping).toEqual({ stamped: true, asked: [{ name: 'tsa-0' }] });
    expect(store.objects.has('timestamps/005')).toBe(true);
  });

  test('asks again about the checkpoint that another writer has stored, and keeps that token alone', async () => {
    const { store, stamp, requests } = setup(GRANTED);
    const otherwise = Buffer.concat([bytes, Buffer.from('\u2014 other.example.com AAAAAAA=\n')]);
    expect(await stamp({ number: 5, bytes: otherwise, stored: Promise.resolve(false) })).toMatchObject({
      stamped: true,
    });
    expect(requests).toHaveLength(2);
    expect(Buffer.from(requests[1]!)).toEqual(timestampFile('request.tsq'));
    expect(GRANTED.includes(Buffer.from(store.objects.get('timestamps/005')!))).toBe(true);
  });

  test('keeps no token of a checkpoint that was not stored', async () => {
    const { store, stamp } = setup(GRANTED);
    store.objects.delete('checkpoints/005');
    expect(await stamp({ number: 5, bytes, stored: Promise.resolve(false) })).toEqual({ stamped: false, asked: [] });
    expect(store.objects.has('timestamps/005')).toBe(false);
  });
});

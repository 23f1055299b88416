// What a verifier says of checkpoints that follow each other, at the limits of their sizes and times.
import { describe, expect, test } from '@jest/globals';
import { type Checkpoint, signCheckpoint } from '../../../lib/transparency/checkpoint.ts';
import { checkpointPath, NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import { noteKey } from '../../../lib/transparency/note.ts';
import { History } from '../../../lib/transparency/verify-history.ts';
import { fixedKeys, fixedSigner, ORIGIN } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

const SIGNER = fixedSigner();
const KEY = noteKey(ORIGIN, SIGNER.publicKey);

type Facts = Pick<Checkpoint, 'size' | 'time' | 'due'>;

async function noteOf(number: number, facts: Facts): Promise<Buffer> {
  const checkpoint = { origin: ORIGIN, root: new Uint8Array(32), number, ...facts };
  return Buffer.from(await signCheckpoint(checkpoint, SIGNER, KEY));
}

/** The history of signed checkpoints, numbered from 0. */
async function historyOf(...checkpoints: readonly Facts[]): Promise<History> {
  const store = new MemoryTileStore();
  for (const [number, facts] of checkpoints.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- the newest is written last
    const note = await noteOf(number, facts);
    // oxlint-disable-next-line no-await-in-loop -- the newest is written last
    for (const path of [checkpointPath(number), NEWEST_CHECKPOINT]) await store.replace(path, note);
  }
  return History.read(store, fixedKeys().checkpointKeys);
}

const NONE = new Set<never>();
const findingsOf = async (now: number | undefined, ...checkpoints: readonly Facts[]) =>
  (await historyOf(...checkpoints)).findings(NONE, now);

const PATH = checkpointPath(1);

test('a stored checkpoint holds signatures of its log alone: those of witnesses have another place', async () => {
  const store = new MemoryTileStore();
  const note = await noteOf(0, { size: 7, time: 100 });
  const other = Buffer.concat([note, Buffer.from(`— witness.example.com/w1 ${Buffer.alloc(76).toString('base64')}\n`)]);
  await store.replace(checkpointPath(0), other);
  await store.replace(NEWEST_CHECKPOINT, note);
  const history = await History.read(store, fixedKeys().checkpointKeys);
  const found = history.findings(NONE, undefined).map(({ kind, path }) => `${kind} ${path}`);
  expect([found, history.checkpoints.length]).toEqual([['moved checkpoints/000'], 1]);
});

describe('a checkpoint after another', () => {
  test.each<[string, Facts, Facts]>([
    ['of the same time and size', { size: 7, time: 100 }, { size: 7, time: 100 }],
    ['at the very time that was promised', { size: 7, time: 100, due: 160 }, { size: 8, time: 160 }],
  ])('is good %s', async (_, first, second) => {
    expect(await findingsOf(undefined, first, second)).toEqual([]);
  });

  test.each<[string, Facts, Facts, object]>([
    [
      'a gap, a second after the time that was promised',
      { size: 7, time: 100, due: 160 },
      { size: 8, time: 161 },
      {
        kind: 'gap',
        detail:
          'The previous checkpoint promised this one by 1970-01-01T00:02:40Z; it was signed at 1970-01-01T00:02:41Z',
      },
    ],
    [
      'rolled back, with fewer leaves',
      { size: 7, time: 100 },
      { size: 6, time: 99 },
      { kind: 'rolled-back', detail: 'An earlier checkpoint has 7 leaves, this one has 6' },
    ],
    [
      'rolled back, with an earlier time and as many leaves',
      { size: 7, time: 100 },
      { size: 7, time: 99 },
      { kind: 'rolled-back', detail: 'An earlier checkpoint has the time 1970-01-01T00:01:40Z' },
    ],
  ])('is %s', async (_, first, second, finding) => {
    expect(await findingsOf(undefined, first, second)).toEqual([{ path: PATH, ...finding }]);
  });
});

describe('a hole in the numbers', () => {
  test('is reported beside one before the newest checkpoint, which is stored under no number', async () => {
    const store = new MemoryTileStore();
    for (const number of [0, 2])
      await store.replace(checkpointPath(number), await noteOf(number, { size: number, time: 100 + number }));
    await store.replace(NEWEST_CHECKPOINT, await noteOf(4, { size: 4, time: 104 }));
    const history = await History.read(store, fixedKeys().checkpointKeys);
    expect(history.findings(NONE, undefined)).toEqual([
      { kind: 'missing', path: checkpointPath(3), detail: 'Checkpoint 3 and 1 after it is missing' },
      { kind: 'missing', path: checkpointPath(1), detail: 'Checkpoint 1 is missing' },
    ]);
  });
});

describe('the last checkpoint', () => {
  const PROMISING: Facts = { size: 7, time: 100, due: 160 };

  test('is not overdue at the very time that it promised', async () => {
    expect(await findingsOf(160, PROMISING)).toEqual([]);
  });

  test('is overdue a second later', async () => {
    expect(await findingsOf(161, PROMISING)).toEqual([
      {
        kind: 'gap',
        path: checkpointPath(0),
        detail:
          'It promised the next one by 1970-01-01T00:02:40Z, and there is none: the end of the log was cut off, or sealing stopped',
      },
    ]);
  });
});

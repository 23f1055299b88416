import { describe, expect, test } from '@jest/globals';
import { copiedLines, type ComparedPart, type CopiedLine, findUnsealed } from '../../../lib/evidence/find-unsealed.ts';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import type { TileReader } from '../../../lib/transparency/ports.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedLog, START_MS } from '../../support/log.ts';
import { MemoryTileStore, watched } from '../../support/memory-tile-store.ts';

const at = (writtenMs: number, lines: readonly string[]): CopiedLine[] => lines.map((line) => ({ line, writtenMs }));

/** A log of these lines, sealed one batch a minute from `START_MS` on. */
async function logOf(...batches: (readonly string[])[]): Promise<MemoryTileStore> {
  const store = new MemoryTileStore();
  let now = START_MS;
  const sealer = new Sealer(fixedLog(store, { nowMs: () => now }), store);
  for (const batch of batches) {
    // oxlint-disable-next-line no-await-in-loop -- in order
    await sealer.seal(batch);
    now += 60_000;
  }
  return store;
}

async function partsOf(lines: Iterable<CopiedLine>, log: TileReader): Promise<ComparedPart[]> {
  const parts: ComparedPart[] = [];
  for await (const part of findUnsealed(lines, log)) parts.push(part);
  return parts;
}

describe('records that the log lacks', () => {
  test('are found wherever they stand, with chain and number, in the order of the copy', async () => {
    const [a, b] = [await chainLines('a', 300), await chainLines('b', 300)];
    const log = await logOf(b.slice(0, 200), [...a.slice(0, 7), ...a.slice(9)]);
    const [part, ...others] = await partsOf(at(START_MS, [...a, ...b]), log);
    expect(others).toEqual([]);
    expect(part).toMatchObject({ records: 600, rejected: 0, isLast: true, lastMs: START_MS });
    expect(part!.unsealed.map(({ chainId, sequence }) => `${chainId}:${sequence}`)).toEqual([
      'a:8',
      'a:9',
      ...Array.from({ length: 100 }, (_, i) => `b:${201 + i}`),
    ]);
    expect(part!.unsealed[0]).toMatchObject({ line: a[7], writtenMs: START_MS });
  });

  test('are those with other bytes, not those with another number', async () => {
    const [lines, forged] = [await chainLines('a', 2), await chainLines('a', 2, { user: 'else' })];
    const [part] = await partsOf(at(START_MS, [lines[0]!, forged[1]!]), await logOf(lines));
    expect(part!.unsealed).toMatchObject([{ line: forged[1] }]);
  });

  test('are all of them when the log has no checkpoint', async () => {
    const [part] = await partsOf(at(START_MS, await chainLines('a', 3)), new MemoryTileStore());
    expect(part!.unsealed).toHaveLength(3);
  });

  test('count once when they repeat; what is no signed record is counted apart', async () => {
    const lines = await chainLines('a', 2);
    const copy = at(START_MS, [...lines, 'no record', '', ...lines, '{"logtype":"Protection"}']);
    expect(await partsOf(copy, await logOf(lines.slice(1)))).toMatchObject([
      { records: 2, rejected: 2, unsealed: [{ sequence: 1 }] },
    ]);
  });

  test('are not those sealed while the copy was read', async () => {
    const lines = await chainLines('a', 4);
    const log = await logOf(lines.slice(0, 2));
    const sealer = new Sealer(fixedLog(log), log);
    async function* copy(): AsyncGenerator<CopiedLine> {
      yield* at(START_MS, lines);
      await sealer.seal(lines);
    }
    for await (const part of findUnsealed(copy(), log)) expect(part.unsealed).toEqual([]);
  });
});

test('leaves from before the oldest line are not read', async () => {
  const old = await chainLines('old', 1_000);
  const lines = await chainLines('new', 10);
  const store = await logOf(old, [], lines);
  const read: string[] = [];
  const log = watched(store, (_, path) => void read.push(path));
  const later = at(START_MS + 2 * 60_000, lines);
  expect(await partsOf(later, log)).toMatchObject([{ records: 10, unsealed: [] }]);
  expect(read.filter((path) => path.startsWith('tile/entries/'))).toEqual(['tile/entries/003.p/242']);
});

test('a copy of any length is compared in parts', async () => {
  const [first, last] = await chainLines('a', 2);
  const filler = Array.from({ length: 16_384 }, () => 'no record');
  const parts = await partsOf(at(START_MS, [first!, ...filler, last!]), await logOf([last!]));
  expect(parts).toMatchObject([
    { records: 1, rejected: 16_383, unsealed: [{ sequence: 1 }], isLast: false },
    { records: 1, rejected: 1, unsealed: [], isLast: true },
  ]);
});

test('a message of several lines is as many records, as it is for the sealer', async () => {
  const messages = (async function* () {
    yield { message: 'one\ntwo', writtenMs: 5 };
  })();
  const lines: CopiedLine[] = [];
  for await (const line of copiedLines(messages)) lines.push(line);
  expect(lines).toEqual(at(5, ['one', 'two']));
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { type EvidenceFinding, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import type { LogError } from '../../../lib/transparency/errors.ts';
import type { LogWriterOptions } from '../../../lib/transparency/log-writer.ts';
import type { TileStore } from '../../../lib/transparency/ports.ts';
import { chainLines, recordKeys } from '../../support/chain-lines.ts';
import { fixedKeys, fixedLog, START_MS } from '../../support/log.ts';
import { diesAt, MemoryTileStore, watched } from '../../support/memory-tile-store.ts';

const sealerOf = (store: TileStore, change: Partial<LogWriterOptions> = {}): Sealer =>
  new Sealer(fixedLog(store, change), store);

async function leavesOf(store: TileStore): Promise<string[]> {
  const { tree } = await fixedLog(store).open();
  const lines: string[] = [];
  for await (const { bytes } of readEntries(store, 0, tree.size)) lines.push(Buffer.from(bytes).toString());
  return lines;
}

async function findings(store: TileStore, records?: readonly string[]): Promise<readonly EvidenceFinding[]> {
  const report = await verifyEvidence({
    log: { reader: store },
    ...(records && { records }),
    recordKeys: recordKeys(),
    keys: fixedKeys(),
  });
  return report.findings;
}

describe('the sealer', () => {
  test('seals each signed record once, in order of arrival, byte for byte', async () => {
    const store = new MemoryTileStore();
    const lines = [...(await chainLines('a', 300)), ...(await chainLines('b', 5))];
    const sealer = sealerOf(store);
    expect(await sealer.seal(lines.slice(0, 100))).toMatchObject({
      sealed: 100,
      repeated: 0,
      checkpoint: { size: 100 },
    });
    expect(await sealer.seal(lines.slice(50))).toMatchObject({ sealed: 205, repeated: 50, checkpoint: { size: 305 } });
    expect(await leavesOf(store)).toEqual(lines);
    expect(await findings(store, lines)).toEqual([]);
  });

  test('changes nothing when it seals the same lines again, not even a checkpoint', async () => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 10);
    await sealerOf(store).seal(lines);
    const before = new Map(store.objects);
    expect(await sealerOf(store).seal([...lines, ...lines])).toMatchObject({ sealed: 0, checkpoint: { number: 0 } });
    expect(store.objects).toEqual(before);
  });

  test('seals a repeat inside one batch once', async () => {
    const store = new MemoryTileStore();
    const [one = '', two = ''] = await chainLines('a', 2);
    expect(await sealerOf(store).seal([one, one, two, one, two])).toMatchObject({ sealed: 2, repeated: 3 });
    expect(await leavesOf(store)).toEqual([one, two]);
  });

  test('keeps and reports a second record with a taken number, in the same batch or a later one, once', async () => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 300);
    const other = await chainLines('a', 300, { user: 'somebody_else' });
    expect(await sealerOf(store).seal([...lines, other[6]!])).toMatchObject({ sealed: 301, forked: ['a:7'] });
    expect(await sealerOf(store).seal([other[2]!, other[6]!])).toMatchObject({
      sealed: 1,
      repeated: 1,
      forked: ['a:3'],
    });
    expect(await leavesOf(store)).toEqual([...lines, other[6], other[2]]);
    expect((await findings(store)).map(({ kind, leaf, note }) => [kind, leaf, note])).toEqual([
      ['forked', 300, undefined],
      ['forked', 301, undefined],
    ]);
  });

  test('reports a record that names another predecessor than the one sealed', async () => {
    const lines = await chainLines('a', 3);
    const other = await chainLines('a', 4, { user: 'somebody_else' });
    expect(await sealerOf(new MemoryTileStore()).seal([...lines, other[3]!])).toMatchObject({ forked: ['a:4'] });
  });

  test('reports the numbers that are not there yet, until they are', async () => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 9);
    const without = lines.filter((_, i) => ![0, 3, 4].includes(i));
    expect((await sealerOf(store).seal(without)).holes).toEqual([
      { chainId: 'a', from: 1, to: 1 },
      { chainId: 'a', from: 4, to: 5 },
    ]);
    expect((await sealerOf(store).seal([lines[4]!])).holes).toEqual([
      { chainId: 'a', from: 1, to: 1 },
      { chainId: 'a', from: 4, to: 4 },
    ]);
    expect((await sealerOf(store).seal(lines)).holes).toEqual([]);
    expect((await findings(store)).every(({ kind, note }) => kind === 'reordered' && note)).toBe(true);
  });

  test('seals no unsigned line, and none that is too long for an entry', async () => {
    const store = new MemoryTileStore();
    const [line = ''] = await chainLines('a', 1);
    const long = line.replace('test_user', 'x'.repeat(70_000));
    const report = await sealerOf(store).seal(['', 'torn {', '{"logtype":"Protection"}', long, line]);
    expect(report).toMatchObject({ sealed: 1, rejected: 3 });
  });

  test.each([
    ['lost', (store: MemoryTileStore) => store.remove('heads.json')],
    ['not ours', (store: MemoryTileStore) => store.replace('heads.json', Buffer.from('{"size":3}'))],
    [
      'ahead of the log',
      (store: MemoryTileStore) => store.replace('heads.json', Buffer.from('{"size":999,"chains":[]}')),
    ],
    [
      'lying that nothing was sealed',
      (store: MemoryTileStore) => store.replace('heads.json', Buffer.from('{"size":0,"chains":[]}')),
    ],
  ])('detects sealed records although its memory is %s', async (_, spoil) => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 300);
    await sealerOf(store).seal(lines);
    await spoil(store);
    expect(await sealerOf(store).seal(lines)).toMatchObject({ sealed: 0, repeated: 300 });
  });

  test('seals a record that its memory wrongly calls sealed', async () => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 6);
    await sealerOf(store).seal(lines.slice(0, 3));
    const heads = Buffer.from(store.objects.get('heads.json')!).toString();
    await store.replace('heads.json', Buffer.from(heads.replace('"to":3', '"to":6')));
    await sealerOf(store).seal(lines);
    expect(await leavesOf(store)).toEqual(lines);
  });

  test('signs an empty checkpoint when it is due, and not before', async () => {
    const store = new MemoryTileStore();
    const sealer = sealerOf(store, { nowMs: () => START_MS });
    expect(await sealer.tick(START_MS, 300)).toMatchObject({ sealed: 0, checkpoint: { number: 0, size: 0 } });
    expect(await sealer.tick(START_MS + 299_000, 300)).toMatchObject({ checkpoint: { number: 0 } });
    expect(await sealer.tick(START_MS + 300_000, 300)).toMatchObject({ checkpoint: { number: 1 } });
  });

  test('names at most a hundred holes and a hundred forks', async () => {
    const lines = await chainLines('a', 203);
    const other = await chainLines('a', 203, { user: 'other' });
    const odd = lines.filter((_, i) => i % 2 === 0);
    const report = await sealerOf(new MemoryTileStore()).seal([...odd, ...other.filter((_, i) => i % 2 === 0)]);
    expect(report.sealed).toBe(204);
    expect(report.holes).toHaveLength(100);
    expect(report.holes.at(-1)).toEqual({ chainId: 'a', from: 200, to: 200 });
    expect(report.forked).toHaveLength(100);
    expect(report.forked.slice(0, 2)).toEqual(['a:1', 'a:3']);
  });

  test('gives up after another writer came first a hundred times', async () => {
    const memory = new MemoryTileStore();
    const [line = ''] = await chainLines('a', 1);
    let others = 0;
    const contended = watched(memory, async (call, path) => {
      if (call !== 'create' || !path.startsWith('pending/')) return;
      others += 1;
      await sealerOf(memory).seal(await chainLines(`other-${others}`, 1));
    });
    await expect(sealerOf(contended).seal([line])).rejects.toMatchObject({ code: 'LOG_CONTENDED' });
    expect(others).toBe(100);
    expect(await leavesOf(memory)).not.toContain(line);
  }, 60_000);

  test('cuts a long file into several checkpoints', async () => {
    const store = new MemoryTileStore();
    const lines = await chainLines('a', 17_000);
    expect(await sealerOf(store).seal(lines)).toMatchObject({
      sealed: 17_000,
      checkpoint: { number: 1, size: 17_000 },
    });
  });

  test('continues after a crash before or after any call of the store: every record once, no fork', async () => {
    const lines = [...(await chainLines('a', 260)), ...(await chainLines('b', 4))];
    const prepared = new MemoryTileStore();
    await sealerOf(prepared).seal(lines.slice(0, 250));
    let calls = 0;
    const counting = watched(new MemoryTileStore(prepared.objects), (_, __, number) => {
      calls = number;
    });
    await sealerOf(counting).seal(lines);
    expect(calls).toBeGreaterThan(12);
    for (let at = 1; at <= calls; at++) {
      for (const happens of [false, true]) {
        const memory = new MemoryTileStore(prepared.objects);
        const store = happens ? watched(memory, diesAt(at + 1), diesAt(at)) : watched(memory, diesAt(at));
        const outcome: unknown = await sealerOf(store)
          .seal(lines)
          .catch((error: LogError) => error.code);
        expect([expect.objectContaining({ sealed: 14 }), 'LOG_STORE_UNAVAILABLE']).toContainEqual(outcome);
        await sealerOf(memory).seal(lines);
        expect([at, happens, await leavesOf(memory)]).toEqual([at, happens, lines]);
        expect(await findings(memory, lines)).toEqual([]);
      }
    }
  }, 60_000);

  test('seals every record once when two run concurrently, in any order of their calls', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((chain) => chainLines(chain, 4)));
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const memory = new MemoryTileStore();
        const store = watched(memory, (call, path) => scheduler.schedule(Promise.resolve(), `${call} ${path}`));
        const work = [sealerOf(store).seal([...a!, ...b!]), sealerOf(store).seal([...b!, ...c!])];
        await scheduler.waitFor(Promise.all(work));
        expect((await leavesOf(memory)).toSorted()).toEqual([...a!, ...b!, ...c!].toSorted());
        expect(await findings(memory)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

async function* sourceOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('what is left of a file', () => {
  test('are the lines behind those that were sealed, and those that came between', async () => {
    const store = new MemoryTileStore();
    await sealerOf(store).seal(await chainLines('a', 5));
    const lines = await chainLines('a', 8);
    const left: string[] = [];
    const given = [lines[0]!, lines[0]!, ...lines.slice(1, 3), 'torn', ...lines.slice(3)];
    for await (const line of unsealed(sourceOf(given), readEntries(store, 0, 5))) left.push(line);
    expect(left).toEqual([lines[0], 'torn', ...lines.slice(5)]);
  });
});

describe('the memory of the sealer, which others may write', () => {
  interface Kept {
    readonly size: number;
    readonly chains: readonly [string, Record<string, unknown>][];
  }
  const withHead = ({ size, chains }: Kept, change: object): Kept => {
    return { size, chains: chains.map(([id, head]) => [id, { ...head, ...change }]) };
  };
  const LIES: readonly [string, (kept: Kept, before: Kept) => unknown][] = [
    ['a last leaf far beyond the log', (kept) => withHead(kept, { lastLeaf: 9e15 })],
    ['a first leaf before the log', (kept) => withHead(kept, { firstLeaf: -9e15 })],
    ['numbers that were never sealed', (kept) => withHead(kept, { seen: [{ from: 101, to: 310 }], head: 310 })],
    ['more numbers than leaves', (kept) => withHead(kept, { seen: [{ from: 1, to: 9e15 }], head: 9e15 })],
    ['no leaf at all', () => ({ size: 0, chains: [] })],
    ['an older state', (_, before) => before],
    ['nothing that is JSON', () => undefined],
  ];

  test.each(LIES)(
    'costs no record and no false fork when it says %s',
    async (_, lie) => {
      const store = new MemoryTileStore();
      const lines = await chainLines('a', 310);
      const kept = (): Kept => JSON.parse(Buffer.from(store.objects.get('heads.json')!).toString()) as Kept;
      await sealerOf(store).seal(lines.slice(0, 100));
      const before = kept();
      // Numbers 201 to 300 are on their way, and 301 to 310 were first.
      await sealerOf(store).seal([...lines.slice(100, 200), ...lines.slice(300)]);
      store.objects.set('heads.json', Buffer.from(JSON.stringify(lie(kept(), before)) ?? ''));
      expect(await sealerOf(store).seal(lines)).toMatchObject({ sealed: 100, repeated: 210, forked: [], holes: [] });
      expect((await leavesOf(store)).toSorted()).toEqual([...lines].toSorted());
    },
    5_000,
  );
});

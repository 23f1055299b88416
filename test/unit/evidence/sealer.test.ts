import { describe, expect, test } from '@jest/globals';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { START_MS } from '../../support/log.ts';
import { findings, leavesOf, sealerOf } from '../../support/sealing.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

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

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { SignedLine } from '../../../lib/audit/read-line.ts';
import { ChainHeads } from '../../../lib/evidence/chain-heads.ts';
import { readLeaf } from '../../../lib/evidence/record-id.ts';
import { chainLines } from '../../support/chain-lines.ts';

const NOW = 1_800_000_000;
const DAY_S = 86_400;

interface Kept {
  readonly size: number;
  readonly chains: [string, { seen: object[]; head: number; firstLeaf: number; lastLeaf: number }][];
}

/** Records 1 to `count` of a chain, as the sealer reads them. */
async function records(chainId: string, count: number): Promise<readonly SignedLine[]> {
  return (await chainLines(chainId, count)).map((line) => readLeaf(Buffer.from(line))!);
}

/** The heads of one chain whose records arrived in this order. */
function arrived(all: readonly SignedLine[], order: readonly number[]): ChainHeads {
  const heads = new ChainHeads();
  for (const sequence of order) heads.add(all[sequence - 1], NOW);
  return heads;
}

const kept = (heads: ChainHeads, time = NOW): Kept => JSON.parse(heads.serialise(time).toString()) as Kept;
const runs = (heads: ChainHeads): object[] => kept(heads).chains[0]![1].seen;

const GOOD = { at: 1, firstLeaf: 0, lastLeaf: 0, head: 1, checksum: 'x', seen: [{ from: 1, to: 1 }] };
const bytesOf = (...chains: readonly unknown[]): Buffer =>
  Buffer.from(JSON.stringify({ size: 1, chains: chains.map((chain, i) => [`c${i}`, chain]) }));

describe('the numbers of a chain', () => {
  test.each([
    ['in order', [1, 2, 3], [{ from: 1, to: 3 }]],
    ['backwards', [3, 2, 1], [{ from: 1, to: 3 }]],
    ['the number between two runs last', [1, 2, 4, 5, 3], [{ from: 1, to: 5 }]],
    [
      'a number below a run that leaves a hole',
      [4, 5, 1],
      [
        { from: 1, to: 1 },
        { from: 4, to: 5 },
      ],
    ],
    ['a number again', [1, 2, 3, 2], [{ from: 1, to: 3 }]],
    [
      'three runs, of which two join',
      [1, 3, 5, 4],
      [
        { from: 1, to: 1 },
        { from: 3, to: 5 },
      ],
    ],
  ])('are kept as the fewest runs: %s', async (_, order, expected) => {
    expect(runs(arrived(await records('a', 5), order))).toEqual(expected);
  });

  test('make one run once all have arrived, in any order', async () => {
    const all = await records('a', 12);
    const numbers = all.map((_, i) => i + 1);
    fc.assert(
      fc.property(fc.shuffledSubarray(numbers, { minLength: 12 }), (order) => {
        const heads = arrived(all, order);
        expect(runs(heads)).toEqual([{ from: 1, to: 12 }]);
        expect([...heads.holes()]).toEqual([]);
      }),
    );
  });

  test('that are absent below the highest one are holes', async () => {
    expect([...arrived(await records('a', 9), [2, 3, 6, 9]).holes()]).toEqual([
      { chainId: 'a', from: 1, to: 1 },
      { chainId: 'a', from: 4, to: 5 },
      { chainId: 'a', from: 7, to: 8 },
    ]);
  });

  test('have leaves, and numbers that were not sealed have none', async () => {
    const [a, b] = [await records('a', 4), await records('b', 1)];
    const heads = new ChainHeads();
    for (const read of [a[0], undefined, b[0], a[2]]) heads.add(read, NOW);
    expect(heads.size).toBe(4);
    expect([1, 2, 3, 4].map((sequence) => heads.leavesOf('a', sequence))).toEqual([
      { first: 0, last: 3 },
      undefined,
      { first: 0, last: 3 },
      undefined,
    ]);
    expect(heads.leavesOf('b', 1)).toEqual({ first: 2, last: 2 });
    expect(heads.leavesOf('c', 1)).toBeUndefined();
  });
});

describe('a record that names another predecessor', () => {
  test('is told from one that follows, and from one whose predecessor is absent', async () => {
    const all = await records('a', 4);
    const other = (await chainLines('a', 4, { user: 'other' })).map((line) => readLeaf(Buffer.from(line))!);
    const heads = new ChainHeads();
    const follows = [all[0], all[1], other[2], all[3], other[1]].map((read) => heads.add(read, NOW));
    expect(follows).toEqual([true, true, false, false, true]);
  });

  test('is a first record that names any', async () => {
    const [first, second] = await records('a', 2);
    const { record } = first!;
    const signature = { ...record.signature, previous: second!.record.signature.checksum };
    expect(new ChainHeads().add({ ...first!, record: { ...record, signature } }, NOW)).toBe(false);
    expect(new ChainHeads().add(second, NOW)).toBe(true);
  });
});

describe('what is kept between two runs', () => {
  test('is read back as it was, and goes on from there', async () => {
    const all = await records('a', 6);
    const heads = arrived(all, [1, 2, 5]);
    const read = ChainHeads.parse(heads.serialise(NOW), 3)!;
    for (const each of [heads, read]) each.add(all[2], NOW + 1);
    expect(kept(read)).toEqual(kept(heads));
    expect(runs(read)).toEqual([
      { from: 1, to: 3 },
      { from: 5, to: 5 },
    ]);
    expect(read.add(all[5], NOW)).toBe(true);
  });

  test('forgets a chain that was silent for more than eight days', async () => {
    const [a, b] = [await records('a', 2), await records('b', 1)];
    const heads = new ChainHeads();
    heads.add(a[0], NOW);
    heads.add(b[0], NOW + 1);
    const names = (time: number): string[] => kept(heads, time).chains.map(([name]) => name);
    expect(names(NOW + 8 * DAY_S)).toEqual(['a', 'b']);
    expect(names(NOW + 8 * DAY_S + 1)).toEqual(['b']);
    heads.add(a[1], NOW + 2);
    expect(names(NOW + 8 * DAY_S + 2)).toEqual(['a']);
  });

  test('is taken when every chain of it is well-formed and the log is as long as it says', () => {
    expect(ChainHeads.parse(bytesOf(GOOD, GOOD), 1)?.size).toBe(1);
  });

  test.each<[string, unknown]>([
    ['no time', { ...GOOD, at: undefined }],
    ['a first leaf that is a text', { ...GOOD, firstLeaf: '0' }],
    ['a last leaf that is no whole number', { ...GOOD, lastLeaf: 0.5 }],
    ['no highest number', { ...GOOD, head: null }],
    ['a checksum that is a number', { ...GOOD, checksum: 7 }],
    ['a run without an end', { ...GOOD, seen: [{ from: 1 }] }],
    [
      'one bad run among good ones',
      {
        ...GOOD,
        seen: [
          { from: 1, to: 1 },
          { from: '3', to: 3 },
        ],
      },
    ],
    ['no runs', { ...GOOD, seen: undefined }],
    ['nothing in it', null],
  ])('is not taken when one chain among good ones has %s', (_, chain) => {
    expect(ChainHeads.parse(bytesOf(GOOD, chain, GOOD), 1)).toBeUndefined();
  });

  test.each([
    ['it is absent', undefined],
    ['it is not JSON', Buffer.from('{')],
    ['it knows more leaves than the log has', Buffer.from('{"size":2,"chains":[]}')],
    ['its size is no whole number', Buffer.from('{"size":0.5,"chains":[]}')],
    ['it has no chains', Buffer.from('{"size":1}')],
  ])('is not taken when %s', (_, bytes) => {
    expect(ChainHeads.parse(bytes, 1)).toBeUndefined();
  });
});

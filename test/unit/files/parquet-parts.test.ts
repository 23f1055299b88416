import { describe, expect, test } from '@jest/globals';
import { type Chunk, type Footer, readFooter, type RowGroup, TAIL_BYTES } from '../../../lib/files/parquet/footer.ts';
import { partFile, runsOfGroups } from '../../../lib/files/parquet/parts.ts';
import { int64, structs, type ThriftStruct } from '../../../lib/files/parquet/thrift.ts';

/** A row group of one column whose chunk lies at `start`. */
function group(start: number, length: number, firstRow = 0): RowGroup {
  const meta: ThriftStruct = new Map([
    [7, int64(length)],
    [9, int64(start)],
  ]);
  const column: ThriftStruct = new Map([
    [2, int64(0)],
    [3, { type: 12, fields: meta } as const],
  ]);
  const chunk: Chunk = { struct: column, meta, start, length, codec: 0 };
  const struct: ThriftStruct = new Map([
    [1, structs([column])],
    [3, int64(10)],
  ]);
  return { struct, rows: 10, firstRow, chunks: [chunk] };
}

function footerOf(groups: readonly RowGroup[]): Footer {
  const root: ThriftStruct = new Map([
    [4, { type: 8, bytes: Buffer.from('schema') } as const],
    [5, { type: 5, int: 1n } as const],
  ]);
  const leaf: ThriftStruct = new Map([[4, { type: 8, bytes: Buffer.from('ssn') } as const]]);
  const leaves = [{ path: ['ssn'], element: 1 }];
  return { struct: new Map(), schema: [root, leaf], leaves, groups, rows: 10 * groups.length };
}

describe('row groups', () => {
  test.each([
    [[], 100, [[]]],
    [[40, 40, 40], 1, [[40], [40], [40]]],
    [
      [40, 70, 40, 5],
      100,
      [
        [40, 70],
        [40, 5],
      ],
    ],
    [[200, 10], 100, [[200], [10]]],
    [[10, 10], 100, [[10, 10]]],
  ])('of %j bytes make runs of %i bytes and more', (lengths, least, runs) => {
    const footer = footerOf(lengths.map((length, i) => group(4 + 1000 * i, length)));
    expect(runsOfGroups(footer, least).map((run) => run.map(({ chunks }) => chunks[0]!.length))).toEqual(runs);
  });

  test('of a run are a file of their own, whose end says where they lie in it', () => {
    const groups = [group(4, 100), group(104, 50), group(154, 70)];
    const { extents, end } = partFile(footerOf(groups), groups.slice(1), 300);
    expect(extents).toEqual([
      { from: 104, to: 154 },
      { from: 154, to: 224 },
    ]);
    const read = readFooter(end.subarray(0, -TAIL_BYTES));
    expect(read.groups.map(({ firstRow, chunks: [chunk] }) => [firstRow, chunk!.start, chunk!.length])).toEqual([
      [0, 4, 50],
      [10, 54, 70],
    ]);
  });

  test.each([
    ['before the head', 0, 50],
    ['beyond the end', 280, 50],
    ['at no place', 4, -10],
  ])('that lie %s are damaged', (_, start, length) => {
    const groups = [group(start, length)];
    expect(() => partFile(footerOf(groups), groups, 300)).toThrow(expect.objectContaining({ code: 'FILES_DAMAGED' }));
  });
});

import { describe, expect, test } from '@jest/globals';
import { footerLength, readFooter, writeFooter } from '../../../lib/files/parquet/footer.ts';
import {
  checkSameSchema,
  leafOfColumn,
  placedRowGroup,
  rowGroupOf,
  splicedSchema,
} from '../../../lib/files/parquet/splice.ts';
import {
  int32,
  int64,
  intField,
  readStruct,
  structField,
  structsField,
  type ThriftStruct,
  writeStruct,
} from '../../../lib/files/parquet/thrift.ts';
import { sampleFooter } from '../../support/files.ts';

describe('Thrift', () => {
  test('every type of field survives reading and writing, unknown ones too', () => {
    const struct: ThriftStruct = new Map([
      [1, { type: 1 }],
      [2, { type: 2 }],
      [3, { type: 3, byte: 255 }],
      [4, { type: 4, int: -32_768n }],
      [5, int32(-1)],
      [6, { type: 6, int: -(2n ** 63n) }],
      [7, { type: 7, bytes: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]) }],
      [8, { type: 8, bytes: new Uint8Array(300) }],
      [9, { type: 9, of: 5, items: Array.from({ length: 20 }, (_, i) => int32(i)) }],
      [10, { type: 10, of: 2, items: [{ type: 1 }, { type: 2 }] }],
      [40, { type: 12, fields: new Map([[1000, int64(2 ** 40)]]) }],
    ]);
    const bytes = writeStruct(struct);
    expect(readStruct(bytes)).toEqual(struct);
    expect(writeStruct(readStruct(bytes))).toEqual(bytes);
  });

  test.each([
    ['a field that ends early', [0x15]],
    ['a map, which no footer has', [0x1b, 0x00]],
    ['a list longer than its bytes', [0x19, 0xf5, 0xff, 0xff, 0xff, 0x7f]],
    ['a text longer than its bytes', [0x18, 0x7f, 0x61]],
    ['a number without an end', [0x15, ...new Array<number>(11).fill(0xff)]],
    ['a structure of more than 256 fields', [...new Array<number>(257).fill(0x11), 0]],
    ['structures without an end', new Array<number>(100).fill(0x1c)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readStruct(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'FILES_DAMAGED' }));
  });
});

test('a structure of 256 fields, empty ones and lists of booleans survive reading and writing', () => {
  const fields = Array.from({ length: 256 }, (_, i) => [i + 1, { type: 1 }] as const);
  const whole: ThriftStruct = new Map(fields);
  expect(readStruct(writeStruct(whole))).toEqual(whole);
  const empty = { type: 12, fields: new Map() } as const;
  const list: ThriftStruct = new Map([[1, { type: 9, of: 12, items: [empty, empty] }]]);
  expect(readStruct(writeStruct(list))).toEqual(list);
});

describe('a footer', () => {
  const footer = readFooter(sampleFooter());

  test('tells columns, rows and where chunks lie', () => {
    expect(footer.rows).toBe(10);
    expect(footer.leaves.map(({ path }) => path)).toEqual([['id'], ['ssn']]);
    expect(footer.groups[0]!.chunks.map(({ start, length, codec }) => [start, length, codec])).toEqual([
      [4, 100, 6],
      [104, 100, 6],
    ]);
    expect(leafOfColumn(footer, 'ssn')).toBe(1);
    expect(() => leafOfColumn(footer, 'nobody')).toThrow(expect.objectContaining({ code: 'FILES_LAYOUT' }));
  });

  test('of an encrypted file is refused', () => {
    const tail = Buffer.from([1, 0, 0, 0, ...Buffer.from('PARE')]);
    expect(() => footerLength(tail, 100)).toThrow(expect.objectContaining({ code: 'FILES_LAYOUT' }));
    const encrypted = writeStruct(new Map(footer.struct).set(8, { type: 12, fields: new Map() }));
    expect(() => readFooter(encrypted)).toThrow(expect.objectContaining({ code: 'FILES_LAYOUT' }));
  });

  test('longer than its file is damage', () => {
    const tail = Buffer.from([0xff, 0, 0, 0, ...Buffer.from('PAR1')]);
    expect(() => footerLength(tail, 100)).toThrow(expect.objectContaining({ code: 'FILES_DAMAGED' }));
  });

  test('of spliced chunks points where they lie, and keeps no Bloom filter and no index of pages', () => {
    const [group] = footer.groups;
    const withIndexes = group!.chunks.map((chunk) => ({
      ...chunk,
      meta: new Map(chunk.meta).set(14, int64(900)).set(15, int32(10)),
      struct: new Map(chunk.struct).set(4, int64(1000)).set(6, int64(1100)),
    }));
    const made = rowGroupOf(group!, 9, [
      { from: 'source', chunk: withIndexes[0]! },
      { from: 'fresh', chunk: { ...withIndexes[1]!, length: 70 } },
    ]);
    const placed = placedRowGroup(made, 5000, 3);
    const whole = writeFooter(footer, footer.schema, [placed]);
    const read = readFooter(whole.subarray(0, -8));
    expect(read.rows).toBe(9);
    expect(read.groups[0]!.chunks.map(({ start }) => start)).toEqual([5000, 5100]);
    for (const { struct, meta } of read.groups[0]!.chunks) {
      expect([...struct.keys()]).toEqual([2, 3]);
      expect([meta.has(14), meta.has(15)]).toEqual([false, false]);
    }
    expect(structsField(placed, 1).map((column) => intField(structField(column, 3), 9))).toEqual([5000, 5100]);
  });

  test('a required column becomes optional, and its name and other columns stay', () => {
    const required = { ...footer, schema: footer.schema.map((element) => new Map(element).set(3, int32(0))) };
    const schema = splicedSchema(required, footer, new Map([[1, 1]]));
    expect(schema.map((element) => intField(element, 3))).toEqual([0, 0, 1]);
  });

  test('of another schema is no place for whole rows', () => {
    const other = { ...footer, schema: footer.schema.map((element) => new Map(element).set(1, int32(3))) };
    expect(() => checkSameSchema(footer, other, new Set([1]))).toThrow(
      expect.objectContaining({ code: 'FILES_LAYOUT' }),
    );
    expect(() => checkSameSchema(footer, footer, new Set())).not.toThrow();
  });
});

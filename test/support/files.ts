// Stand-ins for the protector of batches, and footers of Parquet, for tests of what is around them.
import type { ProtectedBatch, RowBatch, RowProtector } from '../../lib/files/protect-batch.ts';
import { writeFooter } from '../../lib/files/parquet/footer.ts';
import { int32, int64, structs, type ThriftStruct, type ThriftValue } from '../../lib/files/parquet/thrift.ts';
import { type Reject, refusedValue } from '../../lib/files/rejects.ts';
import { type AnyColumn, cellsOf, PackedColumn, packedOf } from '../../lib/protect/columns/packed-column.ts';

/** Changes every text by `change`, and leaves rows out whose values cannot be read. */
export function changing(columns: number, change: (text: string) => string): RowProtector {
  return {
    run: async (batch: RowBatch): Promise<ProtectedBatch> => {
      const rejected = new Map<number, Reject>();
      for (let before = -1; before !== rejected.size; ) {
        before = rejected.size;
        for (let column = 0; column < columns; column++) {
          batch.fill(column, rejected, (row, refusal) => void rejected.set(row, refusedValue(row, column, refusal)));
        }
      }
      const done = Array.from({ length: columns }, (_, column) => {
        const { column: values } = batch.fill(column, rejected, () => {});
        return copied(
          packedOf(cellsOf(values).map((cell) => (typeof cell === 'string' && cell !== '' ? change(cell) : cell))),
        );
      });
      return { columns: done, rejected };
    },
  };
}

/** A packed column is valid until the next one is packed. */
function copied(column: AnyColumn): AnyColumn {
  if (!(column instanceof PackedColumn)) return column;
  const { units, ends } = column.text;
  return new PackedColumn({ units: units.slice(), ends: ends.slice() }, column.nulls);
}

const binary = (text: string): ThriftValue => ({ type: 8, bytes: new Uint8Array(Buffer.from(text)) });

/** The footer of a file with a text column `ssn` and a number column `id`, in one row group of ten rows. */
export function sampleFooter(): Buffer {
  const element = (name: string, type: number): ThriftStruct =>
    new Map([
      [1, int32(type)],
      [3, int32(1)],
      [4, binary(name)],
    ]);
  const root: ThriftStruct = new Map([
    [4, binary('schema')],
    [5, int32(2)],
  ]);
  const chunk = (name: string, start: number): ThriftStruct =>
    new Map<number, ThriftValue>([
      [2, int64(0)],
      [
        3,
        {
          type: 12,
          fields: new Map<number, ThriftValue>([
            [1, int32(6)],
            [2, { type: 9, of: 5, items: [int32(0)] }],
            [3, { type: 9, of: 8, items: [binary(name)] }],
            [4, int32(6)],
            [5, int64(10)],
            [6, int64(120)],
            [7, int64(100)],
            [9, int64(start)],
            [12, { type: 12, fields: new Map([[5, binary('zq7MARKERqz')]]) }],
          ]),
        },
      ],
    ]);
  const group: ThriftStruct = new Map([
    [1, structs([chunk('id', 4), chunk('ssn', 104)])],
    [2, int64(240)],
    [3, int64(10)],
  ]);
  const schema = [root, element('id', 2), element('ssn', 6)];
  const struct: ThriftStruct = new Map([[1, int32(1)]]);
  const whole = writeFooter({ struct, schema, leaves: [], groups: [], rows: 10 }, schema, [group]);
  return whole.subarray(0, -8);
}

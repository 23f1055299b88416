import type { Column } from '../../base/cell.ts';
import type { Direction } from '../../crypto/direction.ts';
import { PackedColumn } from '../columns/packed-column.ts';
import { type ColumnText, cutColumn, joinColumn } from '../columns/column-text.ts';
import type { Method, ValueCounts } from './method.ts';

/** The transformed texts of a column. */
export interface TextResult extends ValueCounts {
  readonly text: ColumnText;
}

/**
 * Turns a transform of texts into a method, for packed columns too. Null and empty rows stay as they are. The transform
 * may work in place; its result is valid until its next call.
 */
export function textMethod(
  transform: (direction: Direction, text: ColumnText, externalIv: string | undefined) => TextResult,
): Method {
  const cells = (direction: Direction) => (column: Column, externalIv: string | undefined) => {
    const { text, ...counts } = transform(direction, joinColumn(column), externalIv);
    return { column: cutColumn(text, (row) => column[row] === null), ...counts };
  };
  const packed = (direction: Direction) => (column: PackedColumn, externalIv: string | undefined) => {
    const { text, ...counts } = transform(direction, column.text, externalIv);
    return { column: new PackedColumn(text, column.nulls), ...counts };
  };
  return {
    protect: cells('encrypt'),
    unprotect: cells('decrypt'),
    packed: { protect: packed('encrypt'), unprotect: packed('decrypt') },
  };
}

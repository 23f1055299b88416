import type { Column } from '../../base/cell.ts';
import type { Direction } from '../../crypto/direction.ts';
import { PackedColumn } from '../columns/packed-column.ts';
import { type ColumnText, cutColumn, joinColumn } from '../columns/column-text.ts';
import type { Method } from './method.ts';

/** The transformed texts of a column, and how many of them have a domain below a million. */
export interface TextResult {
  readonly text: ColumnText;
  readonly weakCount: number;
}

/**
 * Turns a transform of texts into a method, for packed columns too. Null and empty rows stay as they are. The transform
 * may work in place; its result is valid until its next call.
 */
export function textMethod(
  transform: (direction: Direction, text: ColumnText, externalIv: string | undefined) => TextResult,
): Method {
  const cells = (direction: Direction) => (column: Column, externalIv: string | undefined) => {
    const { text, weakCount } = transform(direction, joinColumn(column), externalIv);
    return { column: cutColumn(text, (row) => column[row] === null), weakCount };
  };
  const packed = (direction: Direction) => (column: PackedColumn, externalIv: string | undefined) => {
    const { text, weakCount } = transform(direction, column.text, externalIv);
    return { column: new PackedColumn(text, column.nulls), weakCount };
  };
  return {
    protect: cells('encrypt'),
    unprotect: cells('decrypt'),
    packed: { protect: packed('encrypt'), unprotect: packed('decrypt') },
  };
}

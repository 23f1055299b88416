import type { Cell, Column } from '../../base/cell.ts';
import { type ColumnText, cutColumn, joinColumn } from './column-text.ts';

/**
 * A column of texts and nulls in one buffer of UTF-16 units, as a front end that reads bytes itself makes it and as the
 * methods over characters work on it: no string is made for a value on its way through. A method may change the units, so a
 * packed column is used once, before its front end reads the next body.
 */
export class PackedColumn {
  readonly text: ColumnText;
  /** 1 for each row that is null; absent when none is. */
  readonly nulls: Uint8Array | undefined;

  constructor(text: ColumnText, nulls: Uint8Array | undefined) {
    this.text = text;
    this.nulls = nulls;
  }

  get length(): number {
    return this.text.ends.length;
  }

  cells(): Cell[] {
    const nulls = this.nulls;
    return cutColumn(this.text, (row) => nulls?.[row] === 1);
  }
}

/** A column in either form. */
export type AnyColumn = Column | PackedColumn;

export function cellsOf(column: AnyColumn): Column {
  return column instanceof PackedColumn ? column.cells() : column;
}

/** The column packed, or as it is where a cell is neither text nor null. */
export function packedOf(column: AnyColumn): AnyColumn {
  if (column instanceof PackedColumn) return column;
  let nulls: Uint8Array | undefined;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (typeof cell === 'string') continue;
    if (cell !== null) return column;
    nulls ??= new Uint8Array(column.length);
    nulls[row] = 1;
  }
  return new PackedColumn(joinColumn(column), nulls);
}

/** Values of a column, nulls not counted. */
export function countValues(column: AnyColumn): number {
  let count = column.length;
  if (column instanceof PackedColumn) {
    if (column.nulls !== undefined) for (const isNull of column.nulls) count -= isNull;
    return count;
  }
  for (let row = 0; row < column.length; row++) if (column[row] === null) count--;
  return count;
}

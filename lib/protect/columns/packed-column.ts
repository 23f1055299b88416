import type { Cell, Column } from '../../base/cell.ts';
import { type ColumnText, cutTexts, joinColumn } from './column-text.ts';

/**
 * A column of texts and nulls in one buffer of UTF-16 units. A front end that parses bytes itself makes it, and the
 * methods over characters work on it, so that no value becomes a string on its way through. A method may change the
 * units: use a packed column once, before its front end reads the next body.
 */
export class PackedColumn {
  readonly text: ColumnText;
  /** 1 for each null row; absent if no row is null. */
  readonly nulls: Uint8Array | undefined;

  constructor(text: ColumnText, nulls: Uint8Array | undefined) {
    this.text = text;
    this.nulls = nulls;
  }

  get length(): number {
    return this.text.ends.length;
  }

  cells(): Cell[] {
    const cells: Cell[] = cutTexts(this.text);
    const { nulls } = this;
    if (nulls !== undefined) for (let row = 0; row < cells.length; row++) if (nulls[row] === 1) cells[row] = null;
    return cells;
  }
}

/** A column in either form. */
export type AnyColumn = Column | PackedColumn;

export function cellsOf(column: AnyColumn): Column {
  return column instanceof PackedColumn ? column.cells() : column;
}

/** Packs a column. Returns it unchanged if a cell is neither text nor null. */
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

/** Counts the values of a column without its nulls. */
export function countValues(column: AnyColumn): number {
  let count = column.length;
  if (column instanceof PackedColumn) {
    if (column.nulls !== undefined) for (const isNull of column.nulls) count -= isNull;
    return count;
  }
  for (let row = 0; row < column.length; row++) if (column[row] === null) count--;
  return count;
}

/** Counts the values of a column without nulls and empty texts. */
export function countFilled(column: AnyColumn): number {
  let count = 0;
  if (column instanceof PackedColumn) {
    let from = 0;
    for (const end of column.text.ends) {
      if (end > from) count++;
      from = end;
    }
    return count;
  }
  for (let row = 0; row < column.length; row++) if (column[row] !== null && column[row] !== '') count++;
  return count;
}

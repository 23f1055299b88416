import type { Cell, Column } from '../../base/cell.ts';
import { RefusedError } from '../refusal.ts';

/** The column with every number cell as the text that `write` gives for it; the same column when it has none. */
export function numbersAsText(column: Column, write: (value: number, row: number) => string): Column {
  let cells: Cell[] | undefined;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (typeof cell !== 'number') continue;
    cells ??= [...column];
    cells[row] = write(cell, row);
  }
  return cells ?? column;
}

/** A number as JavaScript spells it, except that -0 keeps its sign. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * Makes the cells numbers again that were numbers in `column`. Throws `RefusedError` `UNSAFE_NUMBER` for a text that a number
 * would not spell again, like `07` or `1.50`: it belongs to a value that was protected as text.
 */
export function textAsNumbers(column: Column, cells: Cell[]): Cell[] {
  for (let row = 0; row < column.length; row++) {
    if (typeof column[row] !== 'number') continue;
    const value = Number(cells[row]);
    if (numberText(value) !== cells[row]) throw new RefusedError('UNSAFE_NUMBER', { row });
    cells[row] = value;
  }
  return cells;
}

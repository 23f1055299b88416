import { type Cell, type Column, ExactNumber } from '../../base/cell.ts';
import { RefusedError } from '../refusal.ts';

/** A number that JSON writes without an exponent. */
const PLAIN_JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

export function isNumberCell(cell: Cell | undefined): cell is number | ExactNumber {
  return typeof cell === 'number' || cell instanceof ExactNumber;
}

/** Returns the column with every number cell as text: an exact number as it was sent, another as `write` spells it. */
export function numbersAsText(column: Column, write: (value: number, row: number) => string): Column {
  let cells: Cell[] | undefined;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (!isNumberCell(cell)) continue;
    cells ??= [...column];
    cells[row] = typeof cell === 'number' ? write(cell, row) : cell.text;
  }
  return cells ?? column;
}

/** Spells a number as JavaScript does, except that -0 keeps its sign. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * Turns cells back into numbers where `column` has numbers, exact ones into exact ones. Throws `RefusedError`
 * `UNSAFE_NUMBER` for a text that such a number does not spell, such as `07`, or `1.50` for a plain number (the value
 * was protected as text), and for a plain whole number beyond 2^53 − 1.
 */
export function textAsNumbers(column: Column, cells: Cell[]): Cell[] {
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (!isNumberCell(cell)) continue;
    const text = cells[row] as string;
    if (typeof cell === 'number') {
      const value = Number(text);
      const rounded = Number.isInteger(value) && !Number.isSafeInteger(value);
      if (rounded || numberText(value) !== text) throw new RefusedError('UNSAFE_NUMBER', { row });
      cells[row] = value;
    } else {
      if (!PLAIN_JSON_NUMBER.test(text)) throw new RefusedError('UNSAFE_NUMBER', { row });
      cells[row] = new ExactNumber(text);
    }
  }
  return cells;
}

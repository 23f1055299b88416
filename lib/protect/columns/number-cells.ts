import { type Cell, type Column, ExactNumber } from '../../base/cell.ts';
import { MAX_LENGTH } from '../../policy/elements/lengths.ts';
import { type Limit, RefusedError } from '../refusal.ts';

/** A number that JSON writes without an exponent. */
const PLAIN_JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

export function isNumberCell(cell: Cell | undefined): cell is number | ExactNumber {
  return typeof cell === 'number' || cell instanceof ExactNumber;
}

/** A number that JSON writes with an exponent: sign, digits before and after the point, exponent. */
const EXPONENT_NUMBER = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;

/** The largest number of significant digits that every double keeps. */
const MAX_SIGNIFICANT = 15;

/**
 * Tells whether parsing keeps the number that a double spells: whole numbers up to 2^53 − 1, and others of up to 15
 * significant digits, whatever their exponent. `1e-7` is one. More digits of the same double cannot be told from it.
 */
export function isExact(value: number): boolean {
  return Number.isInteger(value)
    ? Number.isSafeInteger(value)
    : Number.isFinite(value) && Number(value.toPrecision(MAX_SIGNIFICANT)) === value;
}

/** A number cell. */
type NumberCell = number | ExactNumber;

/** Refuses a number of a column in which numbers cannot hold all values and tokens. */
export function unfitNumber(cell: NumberCell, row: number, limit?: Limit): RefusedError {
  const isRounded = typeof cell === 'number' && !isExact(cell);
  return new RefusedError(isRounded ? 'UNSAFE_NUMBER' : 'NUMBER_UNFIT', { row, ...(limit && { limit }) });
}

/** Returns the column with every number cell as text, as `write` spells it. */
export function numbersAsText(column: Column, write: (cell: NumberCell, row: number) => string): Column {
  let cells: Cell[] | undefined;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (!isNumberCell(cell)) continue;
    cells ??= [...column];
    cells[row] = write(cell, row);
  }
  return cells ?? column;
}

/**
 * Spells a number without an exponent: an exact one with the digits that were sent, another in as few digits as make it,
 * and -0 with its sign.
 */
export function numberText(cell: NumberCell): string {
  return withoutExponent(Object.is(cell, -0) ? '-0' : String(cell));
}

/** Writes `1e-7` as `0.0000001`. Returns other texts, and numbers longer than any value may be, as they are. */
function withoutExponent(text: string): string {
  const [, sign, whole = '', fraction = '', exponent] = EXPONENT_NUMBER.exec(text) ?? [];
  const shift = Number(exponent);
  if (sign === undefined || Math.abs(shift) > MAX_LENGTH) return text;
  const point = whole.length + shift;
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(point, '0');
  const end = Math.max(1, point);
  const integer = digits.slice(0, end).replace(/^0+(?=\d)/, '');
  return end === digits.length ? `${sign}${integer}` : `${sign}${integer}.${digits.slice(end)}`;
}

/**
 * Turns cells back into numbers where `column` has numbers, exact ones into exact ones. Throws `RefusedError`
 * `UNSAFE_NUMBER` for a text that such a number does not spell, such as `07`, or `1.50` for a plain number (the value
 * was protected as text), and `NUMBER_UNFIT` for a plain whole number beyond 2^53 − 1.
 */
export function textAsNumbers(column: Column, cells: Cell[]): Cell[] {
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (!isNumberCell(cell)) continue;
    const text = cells[row] as string;
    if (typeof cell === 'number') {
      const value = Number(text);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RefusedError('NUMBER_UNFIT', { row });
      if (numberText(value) !== text) throw new RefusedError('UNSAFE_NUMBER', { row });
      cells[row] = value;
    } else {
      if (!PLAIN_JSON_NUMBER.test(text)) throw new RefusedError('UNSAFE_NUMBER', { row });
      cells[row] = new ExactNumber(text);
    }
  }
  return cells;
}

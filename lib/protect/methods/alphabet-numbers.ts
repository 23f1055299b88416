import type { Cell, Column } from '../../base/cell.ts';
import { RefusedError } from '../refusal.ts';
import type { ColumnResult, Method } from './method.ts';

/**
 * Lets a method of digit texts take number cells: a non-negative whole number goes in as its digits and comes back as a
 * number, which needs a method that neither adds nor removes a leading zero. Negative numbers and fractions are refused
 * (`WRONG_DATATYPE`): their digits alone would unprotect to another number. So is, with `UNSAFE_NUMBER`, what a double may
 * have rounded on either side (beyond 2^53 − 1).
 */
export function acceptNumbers(method: Method): Method {
  return {
    protect: (column, externalIv) => asDigits(column, (texts) => method.protect(texts, externalIv)),
    unprotect: (column, externalIv) => asDigits(column, (texts) => method.unprotect(texts, externalIv)),
  };
}

function asDigits(column: Column, run: (texts: Column) => ColumnResult): ColumnResult {
  if (!column.some((cell) => typeof cell === 'number')) return run(column);
  const { column: texts, weakCount } = run(column.map(toDigits));
  return {
    column: texts.map((text, row) => (typeof column[row] === 'number' ? toNumber(text, row) : text)),
    weakCount,
  };
}

function toDigits(cell: Cell, row: number): Cell {
  if (typeof cell !== 'number') return cell;
  if (!Number.isInteger(cell) || cell < 0 || Object.is(cell, -0)) throw new RefusedError('WRONG_DATATYPE', { row });
  if (!Number.isSafeInteger(cell)) throw new RefusedError('UNSAFE_NUMBER', { row });
  return String(cell);
}

function toNumber(text: Cell, row: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RefusedError('UNSAFE_NUMBER', { row });
  return number;
}

import { type Column, ExactNumber } from '../../../base/cell.ts';
import { RefusedError } from '../../refusal.ts';
import type { ColumnResult, Method } from '../method.ts';
import { isNumberCell, numbersAsText, textAsNumbers } from '../../columns/number-cells.ts';

/**
 * Lets a method of digit texts take number cells. A non-negative whole number goes in as its digits and comes back as a
 * number, so the method must neither add nor remove a leading zero. Negative numbers, fractions and exponents are
 * refused (`WRONG_DATATYPE`), because their digits alone would unprotect to another number. A number beyond 2^53 − 1 is
 * refused: a double may have rounded it (`UNSAFE_NUMBER`), or would round its token (`NUMBER_UNFIT`). Exact numbers have
 * no such limit.
 */
export function acceptNumbers(method: Method): Method {
  return {
    ...method,
    protect: (column, externalIv) => asDigits(column, (texts) => method.protect(texts, externalIv)),
    unprotect: (column, externalIv) => asDigits(column, (texts) => method.unprotect(texts, externalIv)),
  };
}

function asDigits(column: Column, run: (texts: Column) => ColumnResult): ColumnResult {
  const texts = numbersAsText(column, digitsOf);
  if (texts === column) return run(column);
  for (let row = 0; row < column.length; row++) {
    if (isNumberCell(column[row]) && !/^\d+$/.test(texts[row] as string))
      throw new RefusedError('WRONG_DATATYPE', { row });
  }
  const { column: cells, ...counts } = run(texts);
  return { column: textAsNumbers(column, [...cells]), ...counts };
}

function digitsOf(cell: number | ExactNumber, row: number): string {
  if (cell instanceof ExactNumber) return cell.text;
  if (!Number.isInteger(cell) || cell < 0 || Object.is(cell, -0)) throw new RefusedError('WRONG_DATATYPE', { row });
  if (!Number.isSafeInteger(cell)) throw new RefusedError('UNSAFE_NUMBER', { row });
  return String(cell);
}

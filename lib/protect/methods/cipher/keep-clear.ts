import type { Column } from '../../../base/cell.ts';
import type { ColumnResult, Method } from '../method.ts';
import { refuseIv } from '../no-iv.ts';

/**
 * The method of No Encryption, Monitor and Masking: the column is the result, in both directions. Such an
 * element serves access control, the audit trail and the mask, which apply around the method. An external IV is refused
 * (`IV_NOT_ALLOWED`).
 */
export const keepClear: Method = { protect: keep, unprotect: keep };

function keep(column: Column, externalIv: string | undefined): ColumnResult {
  refuseIv(externalIv);
  // To ask for the length of a text takes a fifth of a comparison with the empty one.
  let clearCount = 0;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (typeof cell === 'string' ? cell.length > 0 : cell !== null) clearCount++;
  }
  return { column, weakCount: 0, clearCount };
}

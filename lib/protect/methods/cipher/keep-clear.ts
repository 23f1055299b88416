import type { Column } from '../../../base/cell.ts';
import type { ColumnResult, Method } from '../method.ts';
import { refuseIv } from '../no-iv.ts';

/**
 * The method of No Encryption, Monitor and Masking: cells of every type stay as they are, in both directions. Such an
 * element serves access control, the audit trail and the mask, which apply around the method. An external IV is refused
 * (`IV_NOT_ALLOWED`).
 */
export const keepClear: Method = { protect: keep, unprotect: keep };

function keep(column: Column, externalIv: string | undefined): ColumnResult {
  refuseIv(externalIv);
  // A loop over cells of mixed types takes a third of a callback's time.
  let clearCount = 0;
  for (let row = 0; row < column.length; row++) if (column[row] !== null && column[row] !== '') clearCount++;
  return { column: column.slice(), weakCount: 0, clearCount };
}

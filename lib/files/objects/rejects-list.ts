// The list of an object's rejected rows, as CSV (RFC 4180). It holds no value.
import type { FileColumn } from '../protect-batch.ts';
import type { Reject } from '../rejects.ts';

/** Rows count from 1, without the header. */
export function rejectsList(key: string, columns: readonly FileColumn[], rejects: Iterable<Reject>): Uint8Array {
  const lines = ['object,row,column,code,reason'];
  for (const { row, column, code, reason } of rejects) {
    lines.push([key, String(row + 1), columns[column]?.name ?? '', code, reason].map(field).join(','));
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import { basename } from 'node:path';
import { cap } from '../../../lib/audit/record.ts';
import type { FileColumn } from '../../../lib/files/protect-batch.ts';
import type { RequestOrigin } from '../../../lib/protect/batch.ts';
import type { Identify } from '../../../lib/protect/caller.ts';
import type { FileName } from './protocol.ts';

/** What records of a file are made by. */
const VENDOR = 'local.files';
/** The member of the record that holds both names has 512 characters. */
const MAX_NAME = 200;

/** Returns how the records of each column name where they come from: the id of the file's work, its name and the column. */
export function fileOrigin(
  identify: Identify,
  user: string,
  { id, name }: Pick<FileName, 'id' | 'name'>,
  columns: readonly FileColumn[],
): (column: number) => RequestOrigin {
  const caller = identify({ by: 'name', name: user });
  return (column) => ({
    caller,
    vendor: VENDOR,
    requestId: id,
    queryId: `file:${cap(name, MAX_NAME)}:${cap(columns[column]!.name, MAX_NAME)}`,
  });
}

/** Returns the name of an input as records show it. */
export function nameInRecords(input: string): string {
  return input === '-' ? 'stdin' : basename(input);
}

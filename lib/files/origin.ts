import { cap } from '../audit/record.ts';
import type { RequestOrigin } from '../protect/batch.ts';
import type { Identify } from '../protect/caller.ts';
import type { FileColumn } from './protect-batch.ts';

/** What records of a file are made by. */
const LOCAL_FILES = 'local.files';
/** The member of the record that holds both names has 512 characters. */
const MAX_NAME = 200;

/** Returns how the records of each column name where they come from: the id of the file's work, its name and the column. */
export function fileOrigin(
  identify: Identify,
  user: string,
  { id, name }: { readonly id: string; readonly name: string },
  columns: readonly FileColumn[],
  vendor = LOCAL_FILES,
): (column: number) => RequestOrigin {
  const caller = identify({ by: 'name', name: user });
  return (column) => ({
    caller,
    vendor,
    requestId: id,
    queryId: `file:${cap(name, MAX_NAME)}:${cap(columns[column]!.name, MAX_NAME)}`,
  });
}

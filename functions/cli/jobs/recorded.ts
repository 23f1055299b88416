// The records of a file's work in the trail of the workspace.
import { existsSync } from 'node:fs';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { linesOf } from '../files/lines.ts';

/** Returns the entries that the trail does not have yet: a run that was killed may have written some of them. */
export async function notYetRecorded(path: string, id: string, entries: readonly AuditEntry[]): Promise<AuditEntry[]> {
  const missing = [...entries];
  if (!existsSync(path)) return missing;
  for await (const line of linesOf(path)) {
    if (!line.includes(id)) continue;
    const found = factsOfLine(line, id);
    const at = found === undefined ? -1 : missing.findIndex((entry) => factsOfEntry(entry) === found);
    if (at !== -1) missing.splice(at, 1);
  }
  return missing;
}

interface RecordFacts {
  readonly additional_info?: { readonly request_id?: string };
  readonly cnt?: number;
  readonly correlationid?: string;
  readonly protection?: { readonly audit_code?: number; readonly dataelement?: string; readonly operation?: string };
}

function factsOfLine(line: string, id: string): string | undefined {
  let record: RecordFacts;
  try {
    record = JSON.parse(line) as RecordFacts;
  } catch {
    // A line that a crash tore is no record.
    return undefined;
  }
  if (record.additional_info?.request_id !== id) return undefined;
  const { audit_code: code, dataelement, operation } = record.protection ?? {};
  return JSON.stringify([record.correlationid, code, dataelement, operation, record.cnt]);
}

function factsOfEntry({ queryId, code, element, operation, count }: AuditEntry): string {
  return JSON.stringify([queryId, code, element, operation, count]);
}

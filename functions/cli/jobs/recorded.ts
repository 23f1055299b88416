// The records of a file's work in the trail of the workspace.
import { existsSync } from 'node:fs';
import { Aggregate } from '../../../lib/audit/aggregate.ts';
import { ONLY_CHECKED } from '../../../lib/audit/codes.ts';
import { isPolicyEntry } from '../../../lib/audit/entry.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import type { PieceFacts } from '../../../lib/files/journal.ts';
import { linesOf } from '../files/lines.ts';

/** Sums what the records of a file are to say: one for each column and outcome. */
export function entriesOf(pieces: readonly PieceFacts[]): AuditEntry[] {
  const sum = new Aggregate({ acrossRequests: true });
  for (const { entries } of pieces) {
    // The file is one request, with a record of its own whatever the policy says of requests.
    for (const { requests: _requests, ...entry } of entries) sum.add(entry);
  }
  const all = sum.drain().filter((entry): entry is AuditEntry => !isPolicyEntry(entry));
  // A batch of nothing but NULL adds nothing to a column that has values elsewhere.
  return all.filter(({ code, queryId }) => {
    return code !== ONLY_CHECKED || !all.some((other) => other.queryId === queryId && other.code !== ONLY_CHECKED);
  });
}

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

import { Aggregate } from '../audit/aggregate.ts';
import { ONLY_CHECKED } from '../audit/codes.ts';
import { isPolicyEntry } from '../audit/entry.ts';
import type { AuditEntry } from '../audit/record.ts';

/** Sums what the records of a file are to say, from the entries of its pieces: one for each column and outcome. */
export function entriesOf(pieces: readonly (readonly AuditEntry[])[]): AuditEntry[] {
  const sum = new Aggregate({ acrossRequests: true });
  for (const entries of pieces) {
    // The file is one request, with a record of its own whatever the policy says of requests.
    for (const { requests: _requests, ...entry } of entries) sum.add(entry);
  }
  const all = sum.drain().filter((entry): entry is AuditEntry => !isPolicyEntry(entry));
  // A batch of nothing but NULL adds nothing to a column that has values elsewhere.
  return all.filter(({ code, queryId }) => {
    return code !== ONLY_CHECKED || !all.some((other) => other.queryId === queryId && other.code !== ONLY_CHECKED);
  });
}

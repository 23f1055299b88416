// The entries of a trail: events about values, and events about policies.
import { DISCLOSING_CODES } from './codes.ts';
import { policyCode } from './policy-codes.ts';
import type { PolicyEntry } from './policy-record.ts';
import { type AuditEntry, checkEntry } from './record.ts';

export type TrailEntry = AuditEntry | PolicyEntry;

export function isPolicyEntry(entry: TrailEntry): entry is PolicyEntry {
  return 'logtype' in entry;
}

/** Tells whether an entry is the use of a break-glass role, which has a record of its own. */
export function isBreakGlass(entry: TrailEntry): boolean {
  return !isPolicyEntry(entry) && entry.breakGlass === true;
}

/** Throws what `checkEntry` or `policyCode` throws for an entry that cannot become a record. */
export function checkTrailEntry(entry: TrailEntry): void {
  if (isPolicyEntry(entry)) policyCode(entry.code);
  else checkEntry(entry);
}

/** Tells whether an entry reports disclosed values, which a failed write must take back. */
export function isDisclosing(entry: TrailEntry): entry is AuditEntry {
  return !isPolicyEntry(entry) && DISCLOSING_CODES.has(entry.code);
}

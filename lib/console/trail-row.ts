// A record as the console lists it, and what became of the request that it is about.
import { LOGS_NOT_SENT } from '../audit/codes.ts';
import type { AuditRow } from '../audit/columns.ts';
import { answeredOperation, type UsageRow } from '../audit/report.ts';
import { unreachable } from '../base/errors.ts';

/** What became of a request. `policy`: the record is about a policy, and no request. */
export const EFFECTS = ['protected', 'unprotected', 'reprotected', 'checked', 'refused', 'withheld', 'policy'] as const;
export type Effect = (typeof EFFECTS)[number];

/** What the verifier says of a record. `repeated`: the same record is there already. */
export const STATES = ['unchecked', 'verified', 'unverified', 'repeated', 'bad'] as const;
export type RowState = (typeof STATES)[number];

/** The columns that the pages are made of. */
export type RecordRow = UsageRow &
  Pick<
    AuditRow,
    'time' | 'old_dataelement' | 'query_id' | 'request_id' | 'policy_version' | 'policy_code' | 'chain_id' | 'sequence'
  >;

/** A record in the list. */
export interface TrailRow {
  /** The number of its line, from 1: its name in every request. */
  readonly line: number;
  /** ISO 8601. */
  readonly time: string;
  readonly user: string;
  readonly operation: string;
  readonly element: string;
  readonly values: number;
  readonly code: number;
  readonly effect: Effect;
  readonly query: string;
  readonly state: RowState;
}

/** Keeps the columns that the pages need: a record with all of its columns takes three times the memory. */
export function recordRow(row: AuditRow): RecordRow {
  const { logtype, policy_user, operation, dataelement, old_dataelement, cnt, audit_code, level, description } = row;
  const { clear_cnt, clear_parts, break_glass, time, first_time, last_time, query_id, request_id } = row;
  const { policy_version, policy_code, chain_id, sequence } = row;
  return {
    logtype,
    policy_user,
    operation,
    dataelement,
    old_dataelement,
    cnt,
    audit_code,
    level,
    description,
    clear_cnt,
    clear_parts,
    break_glass,
    time,
    first_time,
    last_time,
    query_id,
    request_id,
    policy_version,
    policy_code,
    chain_id,
    sequence,
  };
}

export function trailRow(row: RecordRow, line: number, state: RowState): TrailRow {
  const isAboutPolicy = row.logtype === 'Policy';
  return {
    line,
    time: String(row.time),
    user: String(row.policy_user ?? ''),
    operation: String(row.operation ?? ''),
    element: elementText(row),
    values: isAboutPolicy ? 0 : Number(row.cnt),
    code: Number((isAboutPolicy ? row.policy_code : row.audit_code) ?? 0),
    effect: effectOf(row),
    query: String(row.query_id ?? row.request_id ?? ''),
    state,
  };
}

function elementText({ dataelement, old_dataelement }: RecordRow): string {
  const element = String(dataelement ?? '');
  return old_dataelement === null ? element : `${String(old_dataelement)} → ${element}`;
}

export function effectOf(row: Pick<AuditRow, 'logtype' | 'audit_code' | 'operation' | 'level'>): Effect {
  if (row.logtype === 'Policy') return 'policy';
  const operation = answeredOperation(row);
  if (operation === undefined) return row.audit_code === LOGS_NOT_SENT ? 'withheld' : 'refused';
  switch (operation) {
    case 'Protect':
      return 'protected';
    case 'Unprotect':
      return 'unprotected';
    case 'Reprotect':
      return 'reprotected';
    case 'Check':
      return 'checked';
    default:
      return unreachable(operation);
  }
}

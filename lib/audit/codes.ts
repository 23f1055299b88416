// Audit codes of protection records: the public codes of the reference product that this product emits, with their
// texts. Codes of our own begin at 200, beyond the public ones.
import { ProtectorError } from '../base/errors.ts';

/** Severity of a record. WARNING: the request was answered, but not as asked. */
export type AuditLevel = 'SUCCESS' | 'WARNING' | 'ERROR' | 'EXCEPTION';

/** The text of `additional_info.description`, and the level unless a substitute was returned. */
export interface AuditCode {
  readonly text: string;
  readonly level: AuditLevel;
}

/** Values were to be protected, and every one stayed clear, as its element says. */
export const ALL_LEFT_CLEAR = 200;

/** The user has seen as many values as the policy allows for a day. */
export const BUDGET_SPENT = 201;

/** How many values the user has seen could not be counted. */
export const BUDGET_NOT_COUNTED = 202;

/** Codes that report disclosed values: a failed write must take them back. */
export const DISCLOSING_CODES: ReadonlySet<number> = new Set([6, 8, 11, 50, ALL_LEFT_CLEAR]);

/** Permission was checked, and no value was protected or unprotected. */
export const ONLY_CHECKED = 10;

/** The answers were withheld because the trail was not written. */
export const LOGS_NOT_SENT = 51;

/** Refusals by policy that some front ends answer with a substitute instead of an error. */
const SUBSTITUTABLE_CODES: ReadonlySet<number> = new Set([1, 3]);

/** Every emitted code. The others are reserved, unused, or without public meaning. */
export const AUDIT_CODES: ReadonlyMap<number, AuditCode> = new Map<number, AuditCode>([
  [1, { level: 'ERROR', text: 'The username could not be found in the policy.' }],
  [2, { level: 'ERROR', text: 'The data element could not be found in the policy.' }],
  [
    3,
    {
      level: 'ERROR',
      text: 'The user does not have the appropriate permissions to perform the requested operation.',
    },
  ],
  [4, { level: 'ERROR', text: 'Tweak is null.' }],
  [5, { level: 'ERROR', text: 'Integrity check failed.' }],
  [6, { level: 'SUCCESS', text: 'Data protect operation was successful.' }],
  [7, { level: 'ERROR', text: 'Data protect operation failed.' }],
  [8, { level: 'SUCCESS', text: 'Data unprotect operation was successful.' }],
  [9, { level: 'ERROR', text: 'Data unprotect operation failed.' }],
  [
    ONLY_CHECKED,
    {
      level: 'SUCCESS',
      text: 'The user has the appropriate permissions to perform the requested operation. This is just a policy check and no data has been protected nor unprotected.',
    },
  ],
  [11, { level: 'WARNING', text: 'Data unprotect operation was successful with use of an inactive keyid.' }],
  [12, { level: 'ERROR', text: 'Input is null or not within allowed limits.' }],
  [
    13,
    {
      level: 'EXCEPTION',
      text: 'Internal error occurring in a function call after the Core Provider has been opened.',
    },
  ],
  [14, { level: 'EXCEPTION', text: 'Failed to load data encryption key' }],
  [15, { level: 'ERROR', text: 'Tweak input is too long.' }],
  [16, { level: 'ERROR', text: 'External IV is not supported in this version.' }],
  [17, { level: 'EXCEPTION', text: 'Failed to initialize the PEP - This is a fatal error' }],
  [19, { level: 'ERROR', text: 'Unsupported tweak action for the specified fpe dataelement' }],
  [20, { level: 'EXCEPTION', text: 'Failed to allocate memory.' }],
  [21, { level: 'ERROR', text: 'Input or output buffer is too small.' }],
  [22, { level: 'ERROR', text: 'Data is too short to be protected/unprotected.' }],
  [23, { level: 'ERROR', text: 'Data is too long to be protected/unprotected.' }],
  [26, { level: 'ERROR', text: 'Unsupported algorithm or unsupported action for the specific data element.' }],
  [31, { level: 'EXCEPTION', text: 'Policy not available' }],
  [44, { level: 'ERROR', text: 'The content of the input data is not valid.' }],
  [50, { level: 'SUCCESS', text: 'Data reprotect operation was successful.' }],
  [LOGS_NOT_SENT, { level: 'EXCEPTION', text: 'Failed to send logs, connection refused !' }],
  [
    ALL_LEFT_CLEAR,
    {
      level: 'WARNING',
      text: 'The operation was successful, but every value stayed clear, as the data element says.',
    },
  ],
  [BUDGET_SPENT, { level: 'ERROR', text: 'The user has seen as many values as the policy allows for a day.' }],
  [BUDGET_NOT_COUNTED, { level: 'EXCEPTION', text: 'The values that the user is to see could not be counted.' }],
]);

/** Returns the level of a record. `substituted`: null or the protected value was returned instead of an error. */
export function auditLevel(code: number, substituted = false): AuditLevel {
  if (substituted && SUBSTITUTABLE_CODES.has(code)) return 'WARNING';
  return known(code).level;
}

/** Returns the text of a record; `row` (0-based) is the one row it is about. */
export function auditText(code: number, row?: number): string {
  const { text } = known(code);
  return row === undefined ? text : `${text} (row ${row})`;
}

/** Throws for an unknown code: it is a bug in the caller, and no record may be invented for it. */
function known(code: number): AuditCode {
  const entry = AUDIT_CODES.get(code);
  if (entry === undefined) throw new ProtectorError('AUDIT_CODE_UNKNOWN', 'This audit code is never emitted');
  return entry;
}

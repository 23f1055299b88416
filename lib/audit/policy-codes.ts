// Audit codes of policy records, numbered apart from those of protection records. Only the codes that publishing a
// policy emits; the texts are our own.
import { ProtectorError } from '../base/errors.ts';
import type { AuditCode } from './codes.ts';

export type PolicyCode = 50 | 51 | 56 | 57 | 71 | 76 | 78 | 80 | 86;

const POLICY_CODES: ReadonlyMap<number, AuditCode> = new Map<PolicyCode, AuditCode>([
  [50, { level: 'SUCCESS', text: 'The policy was created.' }],
  [51, { level: 'SUCCESS', text: 'The policy was updated.' }],
  [56, { level: 'SUCCESS', text: 'A role was created.' }],
  [57, { level: 'WARNING', text: 'Unprotect was revoked, because masks of several roles conflict.' }],
  [71, { level: 'SUCCESS', text: 'The policy was deployed.' }],
  [76, { level: 'SUCCESS', text: 'The state of a key was changed.' }],
  [78, { level: 'SUCCESS', text: 'A key was created.' }],
  [80, { level: 'ERROR', text: 'Deploying the policy failed.' }],
  [86, { level: 'WARNING', text: 'The policy is deployed with a warning.' }],
]);

/**
 * Returns text and level of a code. Throws for an unknown code: a bug in the caller, for which no record may be
 * invented.
 */
export function policyCode(code: number): AuditCode {
  const entry = POLICY_CODES.get(code);
  if (entry === undefined) throw new ProtectorError('AUDIT_CODE_UNKNOWN', 'This policy code is never emitted');
  return entry;
}

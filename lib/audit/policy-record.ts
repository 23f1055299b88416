// Records about policies (logtype Policy), in the same frame, chain and signature as protection records.
import type { AuditLevel } from './codes.ts';
import { type PolicyCode, policyCode } from './policy-codes.ts';
import { CAPS, cap, capped, type HostFacts, recordFrame, type RecordFrame } from './record.ts';

/** One event about a policy. Holds no key, no member of a role and no value. */
export interface PolicyEntry {
  readonly logtype: 'Policy';
  readonly code: PolicyCode;
  /** How often it happened. */
  readonly count: number;
  readonly policy: string;
  readonly dataStore: string;
  readonly policyVersion?: string | undefined;
  /** Subject or reason: the name of a role, the version of a key, the code of an error. */
  readonly detail?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface UnsignedPolicyRecord extends RecordFrame {
  readonly additional_info: {
    readonly deployment_id: string;
    readonly description: string;
    readonly request_id?: string;
    readonly policy_version?: string;
  };
  readonly cnt: number;
  readonly level: AuditLevel;
  readonly logtype: 'Policy';
  readonly policy: { readonly audit_code: number; readonly policy_name: string; readonly datastore: string };
}

/** Makes the record of `entry` at `timeMs` (epoch milliseconds). Pure; caps texts as in a protection record. */
export function toPolicyRecord(entry: PolicyEntry, host: HostFacts, timeMs: number): UnsignedPolicyRecord {
  const { level, text } = policyCode(entry.code);
  const detail = capped(entry.detail, CAPS.query);
  const requestId = capped(entry.requestId, CAPS.id);
  const policyVersion = capped(entry.policyVersion, CAPS.id);
  const dataStore = cap(entry.dataStore, CAPS.store);
  return {
    additional_info: {
      deployment_id: cap(host.deploymentId, CAPS.id),
      description: detail === undefined ? text : `${text} (${detail})`,
      ...(requestId !== undefined && { request_id: requestId }),
      ...(policyVersion !== undefined && { policy_version: policyVersion }),
    },
    cnt: entry.count,
    level,
    logtype: 'Policy',
    policy: { audit_code: entry.code, policy_name: cap(entry.policy, CAPS.element), datastore: dataStore },
    ...recordFrame(host, 'aws.policy', dataStore, timeMs),
  };
}

import type { PolicyEntry } from '../../lib/audit/policy-record.ts';
import type { AuditEntry, HostFacts } from '../../lib/audit/record.ts';

/** A host like the one of the published sample records. */
export const HOST: HostFacts = {
  deploymentId: 'test-protect',
  ip: '127.0.0.1',
  hostname: 'localhost',
  processId: 13,
  user: 'sbx_user1051',
  platform: 'Linux_x64',
  release: '0.1.0',
  engineVersion: '0.1.0',
};

/** A protect of 4,000 values that went well, apart from what a test says. */
export function entry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    user: 'test_user',
    operation: 'Protect',
    element: 'deAddress',
    code: 6,
    count: 4000,
    vendor: 'aws.snowflake',
    dataStore: 'SAMPLE_POLICY',
    ...change,
  };
}

/** A policy deployed, apart from what a test says. */
export function policyEntry(change: Partial<PolicyEntry> = {}): PolicyEntry {
  return {
    logtype: 'Policy',
    code: 71,
    count: 1,
    policy: 'SAMPLE_POLICY',
    dataStore: 'SAMPLE_STORE',
    policyVersion: '7',
    ...change,
  };
}

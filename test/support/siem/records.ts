// Audit records as the trail writes them, merged, for tests of their delivery.
type Members = Readonly<Record<string, unknown>>;

/** 4,000 values of `ssn` that `ana` has unprotected. `changes` replace members of the record, `protection` those of its part. */
export const mergedRecord = (changes: Members = {}, protection: Members = {}) => ({
  id: 'f00d'.repeat(16),
  timeMs: 1_635_363_966_000,
  record: {
    additional_info: { deployment_id: 'f', description: 'Data unprotect operation was successful.', query_id: 'rs:1' },
    cnt: 4000,
    level: 'SUCCESS',
    logtype: 'Protection',
    origin: { hostname: 'h', ip: '10.0.0.1', time_utc: 1_635_363_966 },
    protection: {
      audit_code: 8,
      dataelement: 'ssn',
      datastore: 'warehouse',
      operation: 'Unprotect',
      policy_user: 'ana',
      ...protection,
    },
    client: { ip: '203.0.113.9' },
    signature: { key_id: 'k', chain_id: 'c', sequence: 7, checksum: 'AB' },
    ...changes,
  },
});

/** That a policy was deployed. */
export const policyRecord = mergedRecord({
  logtype: 'Policy',
  protection: undefined,
  policy: { audit_code: 71, policy_name: 'p', datastore: 'warehouse' },
});

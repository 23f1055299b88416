// Saved queries and field indexes name members of records; infrastructure sees only the contract, so what it declares is compared here
// with what is written.
import { describe, expect, test } from '@jest/globals';
import { Chain } from '../../../lib/audit/chain.ts';
import type { PolicyEntry } from '../../../lib/audit/policy-record.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { AUDIT_RECORD_FIELDS } from '../../../lib/contract/records.ts';
import { HOST } from '../../support/audit.ts';

/** Every member there is: a new one does not compile until it is here, and then is in the record. */
const OF_VALUES: Required<AuditEntry> = {
  user: 'test_user',
  operation: 'Reprotect',
  element: 'deNew',
  oldElement: 'deOld',
  code: 50,
  substituted: false,
  count: 9,
  row: 3,
  weakCount: 1,
  clearCount: 1,
  clearParts: true,
  breakGlass: true,
  lapse: 'ended 2026-12-31T00:00:00Z',
  mask: 'left=1,right=1,mode=clear,char=*',
  vendor: 'aws.redshift',
  queryId: 'rs-query-id:1',
  requestId: 'request',
  cluster: 'arn:aws:redshift:c',
  clientIp: '10.0.0.1',
  batchId: 'batch',
  repeatedCount: 2,
  dataStore: 'STORE',
  policyVersion: '7',
  requests: 4,
  firstTimeMs: 1,
  lastTimeMs: 2,
};
const OF_POLICY: Required<PolicyEntry> = {
  logtype: 'Policy',
  code: 71,
  count: 1,
  policy: 'POLICY',
  dataStore: 'STORE',
  policyVersion: '7',
  detail: 'role',
  requestId: 'request',
};

/** Dotted names of the leaves, as CloudWatch Logs Insights makes them. */
function leaves(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'object' && member !== null ? leaves(member, `${path}${name}.`) : `${path}${name}`,
  );
}

describe('the fields of audit records', () => {
  const signer = createSigner('95f5a194-b0a4-4351-a1b2-0123456789ab', new Secret(new Uint8Array(32).fill(7)));
  const chain = new Chain({ signer, chainId: 'a', host: HOST, nowMs: () => 1.8e12 });
  // The first record of a chain names no predecessor.
  const records = [OF_VALUES, OF_VALUES, OF_POLICY].map((made) => JSON.parse(chain.seal(made).line) as object);
  const written = new Set(records.flatMap((record) => leaves(record)));

  test('are those that the contract declares, and the contract declares no other', () => {
    expect([...written].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      AUDIT_RECORD_FIELDS.toSorted((a, b) => (a < b ? -1 : 1)),
    );
  });

  test('are few enough for CloudWatch Logs to find them all, and no name needs backticks', () => {
    for (const record of records) expect(leaves(record).length).toBeLessThanOrEqual(200);
    for (const name of written) expect(name).toMatch(/^[\w.]+$/);
  });
});

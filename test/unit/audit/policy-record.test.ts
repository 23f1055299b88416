import { describe, expect, test } from '@jest/globals';
import { AuditError } from '../../../lib/audit/errors.ts';
import { toPolicyRecord } from '../../../lib/audit/policy-record.ts';
import { toAuditRecord } from '../../../lib/audit/record.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { verifyTrail } from '../../../lib/audit/verify.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { entry, HOST, policyEntry } from '../../support/audit.ts';
import { MemorySink } from '../../support/policy.ts';

const KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
const key = () => new Secret(new Uint8Array(32).fill(9));

function trailOver(sink: MemorySink): AuditTrail {
  return new AuditTrail({ signer: createSigner(KEY_ID, key()), sink, chainId: 'agent', host: HOST, nowMs: () => 1e12 });
}

describe('a policy record', () => {
  test('says what became of the policy in a frame like that of every other record', () => {
    const record = toPolicyRecord(policyEntry({ detail: 'in place of version 6', requestId: 'r' }), HOST, 1_000_999);
    const { origin, process, protector } = toAuditRecord(entry({ vendor: 'aws.policy' }), HOST, 1_000_999);
    expect(record).toEqual({
      additional_info: {
        deployment_id: 'test-protect',
        description: 'The policy was deployed. (in place of version 6)',
        request_id: 'r',
        policy_version: '7',
      },
      cnt: 1,
      level: 'SUCCESS',
      logtype: 'Policy',
      policy: { audit_code: 71, policy_name: 'SAMPLE_POLICY', datastore: 'SAMPLE_STORE' },
      origin,
      process,
      protector: { ...protector, datastore: 'SAMPLE_STORE' },
    });
  });

  test.each([
    [50, 'SUCCESS', 'The policy was created.'],
    [51, 'SUCCESS', 'The policy was updated.'],
    [56, 'SUCCESS', 'A role was created.'],
    [57, 'WARNING', 'Unprotect was revoked, because masks of several roles conflict.'],
    [71, 'SUCCESS', 'The policy was deployed.'],
    [78, 'SUCCESS', 'A key was created.'],
    [80, 'ERROR', 'Deploying the policy failed.'],
    [86, 'WARNING', 'The policy is deployed with a warning.'],
  ] as const)('of code %i has level %s and its text', (code, level, text) => {
    const record = toPolicyRecord(policyEntry({ code }), HOST, 0);
    expect([record.level, record.additional_info.description]).toEqual([level, text]);
  });

  test('stays below 32 KB with any texts', () => {
    const long = '\u0001'.repeat(5000);
    const texts = { policy: long, dataStore: long, policyVersion: long, detail: long, requestId: long };
    expect(Buffer.byteLength(JSON.stringify(toPolicyRecord(policyEntry(texts), HOST, 0)))).toBeLessThan(31_000);
  });

  test('is a link of the same chain as records of protection, and counts no values', async () => {
    const sink = new MemorySink();
    const trail = trailOver(sink);
    trail.record(policyEntry());
    trail.record(entry({ count: 5 }));
    trail.record(policyEntry({ code: 86, detail: 'twice' }));
    trail.record(policyEntry({ code: 86, detail: 'twice' }));
    trail.record(policyEntry({ code: 86, detail: 'once' }));
    await trail.flush();
    expect(await verifyTrail(sink.lines, new Map([[KEY_ID, key()]]))).toMatchObject({
      valid: true,
      records: 4,
      successCount: 5,
    });
    expect(sink.lines.map((line) => (JSON.parse(line) as { cnt: number }).cnt)).toEqual([1, 5, 2, 1]);
  });

  test('of code 50, which among records of protection discloses values, is not taken back when its write fails', async () => {
    const sink = new MemorySink();
    const trail = trailOver(sink);
    trail.record(policyEntry({ code: 50 }));
    sink.down = true;
    await expect(trail.flush()).rejects.toBeInstanceOf(AuditError);
    sink.down = false;
    await trail.flush();
    expect(sink.lines).toHaveLength(1);
  });

  test('of a code that is never emitted is refused before it is noted', () => {
    const trail = trailOver(new MemorySink());
    expect(() => trail.record(policyEntry({ code: 6 as 50 }))).toThrow(
      expect.objectContaining({ code: 'AUDIT_CODE_UNKNOWN' }),
    );
  });

  test('is malformed without its policy member', async () => {
    const line = JSON.stringify({ ...toPolicyRecord(policyEntry(), HOST, 0), policy: undefined });
    const report = await verifyTrail([line], new Map([[KEY_ID, key()]]));
    expect(report.findings).toMatchObject([{ kind: 'malformed' }]);
  });
});

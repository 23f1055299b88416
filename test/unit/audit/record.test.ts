import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { AUDIT_CODES } from '../../../lib/audit/codes.ts';
import { toAuditRecord } from '../../../lib/audit/record.ts';
import { canonicalJson } from '../../../lib/crypto/canonical-json.ts';
import { entry, HOST } from '../../support/audit.ts';
import { codePoint } from '../../support/code-point.ts';

const SAMPLE_ENTRY = entry({
  queryId: 'sf-query-id:01978dbc-0582-d7e4-0000-002a3603a20d',
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  clientIp: '169.254.62.117',
});

describe('an audit record', () => {
  test('has exactly the members of the published sample, apart from the signature', () => {
    expect(toAuditRecord(SAMPLE_ENTRY, HOST, 1635363966_789)).toEqual({
      additional_info: {
        deployment_id: 'test-protect',
        description: 'Data protect operation was successful.',
        query_id: 'sf-query-id:01978dbc-0582-d7e4-0000-002a3603a20d',
        request_id: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
      },
      cnt: 4000,
      correlationid: 'sf-query-id:01978dbc-0582-d7e4-0000-002a3603a20d',
      logtype: 'Protection',
      level: 'SUCCESS',
      origin: { hostname: 'localhost', ip: '127.0.0.1', time_utc: 1635363966 },
      protection: {
        dataelement: 'deAddress',
        operation: 'Protect',
        audit_code: 6,
        datastore: 'SAMPLE_POLICY',
        policy_user: 'test_user',
      },
      process: {
        name: 'protect',
        id: '13',
        module: 'coreprovider',
        thread_id: '0',
        user: 'sbx_user1051',
        platform: 'Linux_x64',
        version: 'UNKNOWN',
      },
      client: { ip: '169.254.62.117' },
      protector: {
        family: 'cp',
        version: '0.1.0',
        vendor: 'aws.snowflake',
        datastore: 'SAMPLE_POLICY',
        pcc_version: '0.1.0',
        core_version: '0.1.0',
        lambda_version: '0.1.0',
      },
    });
  });

  test('has the versions of the release and of the engine in their own members', () => {
    const { protector } = toAuditRecord(entry(), { ...HOST, release: '1.2.3', engineVersion: '4.5.6' }, 0);
    expect(protector).toMatchObject({
      version: '1.2.3',
      lambda_version: '1.2.3',
      pcc_version: '4.5.6',
      core_version: '4.5.6',
    });
  });

  test('has the documented extensions when they apply', () => {
    const full = entry({
      operation: 'Reprotect',
      code: 50,
      oldElement: 'deOld',
      mask: 'X,0,4',
      weakCount: 7,
      policyVersion: '12',
      cluster: 'arn:aws:redshift:c',
    });
    const record = toAuditRecord(full, HOST, 0);
    expect(record.protection).toMatchObject({
      old_dataelement: 'deOld',
      mask_setting: 'X,0,4',
      operation: 'Reprotect',
    });
    expect(record.additional_info).toMatchObject({ weak_cnt: 7, policy_version: '12', cluster: 'arn:aws:redshift:c' });
  });

  test('lacks operation and element when the request was too malformed to tell', () => {
    const { operation: _operation, element: _element, ...unreadable } = entry({ code: 44 });
    const record = toAuditRecord(unreadable, HOST, 0);
    expect(Object.keys(record.protection).toSorted()).toEqual(['audit_code', 'datastore', 'policy_user']);
  });

  test('of one row says which, and a substitute is a warning', () => {
    expect(toAuditRecord(entry({ code: 22, row: 3, count: 1 }), HOST, 0).additional_info.description).toBe(
      'Data is too short to be protected/unprotected. (row 3)',
    );
    expect(toAuditRecord(entry({ code: 3, substituted: true }), HOST, 0).level).toBe('WARNING');
  });

  test('cuts what a caller controls, and shows that it was cut', () => {
    const { protection, additional_info } = toAuditRecord(
      entry({ user: 'u'.repeat(5000), queryId: 'q'.repeat(5000) }),
      HOST,
      0,
    );
    expect(protection.policy_user).toBe(`${'u'.repeat(1023)}…`);
    expect(additional_info.query_id).toBe(`${'q'.repeat(511)}…`);
    expect(toAuditRecord(entry({ user: 'u'.repeat(1024) }), HOST, 0).protection.policy_user).toBe('u'.repeat(1024));
  });

  test('cuts each text at its own length', () => {
    const long = 'x'.repeat(5000);
    const facts = ['user', 'element', 'oldElement', 'mask', 'vendor', 'dataStore', 'cluster', 'clientIp'];
    const ids = ['queryId', 'requestId', 'batchId', 'policyVersion'];
    const texts = Object.fromEntries([...facts, ...ids].map((name) => [name, long]));
    const host = Object.fromEntries(
      Object.entries(HOST).map(([name, fact]) => [name, typeof fact === 'string' ? long : fact]),
    );
    const record = toAuditRecord(entry(texts), host as unknown as typeof HOST, 0);
    const lengths = (value: object): object =>
      Object.fromEntries(
        Object.entries(value).flatMap(([name, member]: [string, unknown]): [string, unknown][] => {
          if (typeof member === 'object') return [[name, lengths(member as object)]];
          return typeof member === 'string' && member.endsWith('x…') ? [[name, member.length]] : [];
        }),
      );
    expect(lengths(record)).toEqual({
      additional_info: {
        batch_id: 128,
        cluster: 256,
        deployment_id: 128,
        policy_version: 128,
        query_id: 512,
        request_id: 128,
      },
      client: { ip: 64 },
      correlationid: 512,
      origin: { hostname: 256, ip: 64 },
      process: { platform: 64, user: 64 },
      protection: {
        dataelement: 256,
        datastore: 256,
        mask_setting: 64,
        old_dataelement: 256,
        policy_user: 1024,
      },
      protector: { core_version: 64, datastore: 256, lambda_version: 64, pcc_version: 64, vendor: 64, version: 64 },
    });
  });

  test.each(['\u0001', '\ud800', '😀', '"', 'é'])(
    'stays below 32 KB with a signature, however many times %j each text holds',
    (unit) => {
      const long = unit.repeat(100_000);
      const worst = toAuditRecord(
        {
          user: long,
          operation: 'Unprotect',
          element: long,
          oldElement: long,
          code: 10, // the longest text
          count: Number.MAX_SAFE_INTEGER,
          row: Number.MAX_SAFE_INTEGER,
          weakCount: Number.MAX_SAFE_INTEGER,
          mask: long,
          vendor: long,
          queryId: long,
          requestId: long,
          cluster: long,
          clientIp: long,
          dataStore: long,
          policyVersion: long,
        },
        {
          deploymentId: long,
          ip: long,
          hostname: long,
          processId: 1e9,
          user: long,
          platform: long,
          release: long,
          engineVersion: long,
        },
        Number.MAX_SAFE_INTEGER,
      );
      expect(
        [...AUDIT_CODES.values()].every(({ text }) => text.length <= worst.additional_info.description.length),
      ).toBe(true);
      const signature = { key_id: 20, chain_id: 512 * 6, sequence: 16, previous: 64, checksum: 64, names: 100 };
      const signatureBytes = Object.values(signature).reduce((sum, bytes) => sum + bytes, 0);
      expect(Buffer.byteLength(JSON.stringify(worst)) + signatureBytes).toBeLessThan(32 * 1024);
    },
  );

  test('always has a canonical form, and no member of it is null', () => {
    const texts = fc.string({ unit: codePoint }).map((text) => `${text}\ud800`);
    fc.assert(
      fc.property(texts, texts, fc.nat(), fc.boolean(), (user, queryId, count, substituted) => {
        const text = canonicalJson(toAuditRecord(entry({ user, queryId, count, substituted, code: 3 }), HOST, 1234.5));
        expect(text).not.toMatch(/:null/);
      }),
    );
  });

  test.each([
    { count: -1 },
    { count: 1.5 },
    { count: Number.NaN },
    { row: -1 },
    { weakCount: 0.5 },
    { count: 2 ** 53 },
  ])('is not made of %j', (change) => {
    const making = () => toAuditRecord(entry(change), HOST, 0);
    expect(making).toThrow(expect.objectContaining({ code: 'AUDIT_ENTRY_INVALID' }));
  });
});

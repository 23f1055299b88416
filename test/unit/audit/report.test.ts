import { describe, expect, test } from '@jest/globals';
import { AUDIT_COLUMNS, identityOf, readRecord, toRow } from '../../../lib/audit/columns.ts';
import { MergedWindow } from '../../../lib/audit/merged-window.ts';
import { UsageSummary } from '../../../lib/audit/report.ts';
import { policyEntry } from '../../support/audit.ts';
import { environmentChain, originals } from '../../support/signed-lines.ts';

const ALL = originals([
  { chain: 'a', user: 'ann', code: 8, operation: 'Unprotect', count: 10 },
  {
    chain: 'b',
    user: 'ann',
    code: 8,
    operation: 'Unprotect',
    count: 5,
    firstTimeMs: 1_700_000_000_000,
    lastTimeMs: 1_700_000_001_000,
  },
  { chain: 'a', user: 'bob', code: 8, operation: 'Unprotect', element: 'deSSN', count: 99 },
  { chain: 'a', user: 'bob', code: 51, operation: 'Unprotect', element: 'deSSN', count: 99 },
  { chain: 'a', user: 'bob', code: 3, operation: 'Unprotect', element: 'deSSN', count: 7, substituted: true },
  { chain: 'a', user: 'eve', code: 1, operation: 'Unprotect', count: 7 },
  { chain: 'b', user: 'eve', code: 1, operation: 'Unprotect', count: 8 },
  { chain: 'a', user: 'eve', code: 22, operation: 'Protect', count: 1, row: 5 },
  { chain: 'a', user: 'ann', code: 6, count: 100 },
  { chain: 'a', user: 'ann', code: 50, operation: 'Reprotect', oldElement: 'deOld', count: 3 },
  { chain: 'a', user: 'ann', code: 10, count: 0 },
  { chain: 'a', user: 'ann', code: 10, operation: 'Check', count: 40 },
  { chain: 'a', user: 'ann', code: 10, operation: 'Protect', count: 9 },
]);

const POLICY_LINE = environmentChain('p').seal(policyEntry()).line;

function report(lines: readonly string[]) {
  const summary = new UsageSummary();
  for (const line of lines) summary.add(readRecord(line)!);
  return summary.report();
}

describe('the usage report', () => {
  const lines = ALL.map(({ line }) => line);

  test('says who unprotected what, without answers that did not leave, and what was refused', () => {
    expect(report(lines)).toEqual({
      records: 13,
      firstTime: '2023-11-14T22:13:20.000Z',
      lastTime: '2027-01-15T08:00:00.000Z',
      values: { Protect: 100, Unprotect: 15, Reprotect: 3, Check: 40 },
      unprotected: [
        {
          user: 'ann',
          element: 'deAddress',
          values: 15,
          records: 2,
          firstTime: '2023-11-14T22:13:20.000Z',
          lastTime: '2027-01-15T08:00:00.000Z',
        },
      ],
      refused: [
        expect.objectContaining({ user: 'eve', code: 1, attempts: 2, values: 15, substituted: false }),
        expect.objectContaining({ user: 'bob', element: 'deSSN', code: 3, attempts: 1, values: 7, substituted: true }),
        expect.objectContaining({ user: 'eve', code: 22, reason: 'Data is too short to be protected/unprotected.' }),
      ],
      breakGlass: [],
      leftClear: [],
      withheld: 99,
    });
  });

  test('sums the values that each element left clear, and names elements that leave parts clear', () => {
    const common = { chain: 'a', user: 'ann', vendor: 'aws.redshift', dataStore: 'S' } as const;
    const protect = { ...common, operation: 'Protect', element: 'deName' } as const;
    const made = originals([
      { ...protect, code: 6, count: 10, clearCount: 3 },
      { ...protect, code: 200, count: 2, clearCount: 2 },
      { ...protect, element: 'deSSN', code: 6, count: 9 },
      { ...protect, element: 'deEmail', code: 6, count: 8, clearParts: true },
      { ...protect, element: 'deEmail', code: 6, count: 4 },
      {
        ...common,
        operation: 'Reprotect',
        element: 'deCity',
        oldElement: 'deName',
        code: 200,
        count: 1,
        clearCount: 1,
      },
      { ...common, operation: 'Unprotect', element: 'deName', code: 8, count: 7 },
    ]).map(({ line }) => line);
    const { values, leftClear, refused } = report(made);
    expect(values).toEqual({ Protect: 33, Reprotect: 1, Unprotect: 7, Check: 0 });
    expect(leftClear).toEqual([
      { element: 'deName', values: 5, ofValues: 12, parts: false },
      { element: 'deCity', values: 1, ofValues: 1, parts: false },
      { element: 'deEmail', values: 0, ofValues: 12, parts: true },
    ]);
    expect(refused).toEqual([]);
  });

  test('lists the uses of break-glass roles, without answers that did not leave', () => {
    const use = { chain: 'a', user: 'eva', operation: 'Unprotect', element: 'deSSN', breakGlass: true } as const;
    const made = originals([
      { ...use, code: 8, count: 4 },
      { ...use, code: 8, count: 5, requestId: 'r2' },
      { ...use, code: 51, count: 5, requestId: 'r2' },
      { ...use, code: 22, count: 1 },
      { ...use, operation: 'Protect', code: 6, count: 2 },
      { ...use, breakGlass: undefined, code: 8, count: 9 },
    ]).map(({ line }) => line);
    expect(report(made).breakGlass).toMatchObject([
      { user: 'eva', operation: 'Unprotect', element: 'deSSN', uses: 1, values: 4 },
      { user: 'eva', operation: 'Protect', element: 'deSSN', uses: 1, values: 2 },
    ]);
  });

  test('says of refusals when the grant ended or begins', () => {
    const refusal = { chain: 'a', user: 'joe', operation: 'Unprotect', element: 'deSSN', code: 3, count: 1 } as const;
    const made = originals([
      { ...refusal, lapse: 'ended 2026-12-31T18:00:00Z' },
      { ...refusal, lapse: 'ended 2026-12-31T18:00:00Z', requestId: 'r2' },
      refusal,
    ]).map(({ line }) => line);
    expect(report(made).refused.map(({ attempts, reason }) => [attempts, reason])).toEqual([
      [
        2,
        'The user does not have the appropriate permissions to perform the requested operation. (ended 2026-12-31T18:00:00Z)',
      ],
      [1, 'The user does not have the appropriate permissions to perform the requested operation.'],
    ]);
  });

  test('says the same of merged records, apart from how many there are', () => {
    const window = new MergedWindow();
    for (const line of lines) window.add(line);
    const merged = report(window.merged().map(({ record }) => JSON.stringify(record)));
    const whole = report(lines);
    const withoutRecords = ({ values, withheld }: typeof whole) => ({ values, withheld });
    expect(withoutRecords(merged)).toEqual(withoutRecords(whole));
    expect(merged.unprotected.map(({ user, values }) => [user, values])).toEqual([['ann', 15]]);
  });

  test('passes over records about policies, which are no use of data', () => {
    expect(report([...lines, POLICY_LINE])).toEqual(report(lines));
  });
});

describe('a record as a row', () => {
  test('has every column, and null where the record has no member', () => {
    const row = toRow(readRecord(ALL[0]!.line)!);
    expect(Object.keys(row)).toEqual(Object.keys(AUDIT_COLUMNS));
    expect(row).toMatchObject({
      time: '2027-01-15T08:00:00.000Z',
      policy_user: 'ann',
      operation: 'Unprotect',
      cnt: 10,
      audit_code: 8,
      chain_id: 'a',
      sequence: 1,
      previous: null,
      old_dataelement: null,
    });
  });

  test('shows every member of a record in its own column', () => {
    const { line, record } = originals([
      {
        chain: 'a',
        user: 'ann',
        operation: 'Reprotect',
        element: 'deNew',
        oldElement: 'deOld',
        code: 50,
        count: 9,
        weakCount: 1,
        clearCount: 4,
        clearParts: true,
        breakGlass: true,
        repeatedCount: 2,
        requests: 4,
        mask: 'X',
        vendor: 'aws.redshift',
        queryId: 'q',
        requestId: 'r',
        batchId: 'b',
        cluster: 'c',
        clientIp: '10.0.0.1',
        dataStore: 'STORE',
        policyVersion: '7',
        firstTimeMs: 1_700_000_000_000,
        lastTimeMs: 1_700_000_001_000,
      },
    ])[0]!;
    expect(toRow(readRecord(line)!)).toEqual({
      time: '2027-01-15T08:00:00.000Z',
      policy_user: 'ann',
      operation: 'Reprotect',
      dataelement: 'deNew',
      old_dataelement: 'deOld',
      cnt: 9,
      audit_code: 50,
      level: 'SUCCESS',
      description: 'Data reprotect operation was successful.',
      mask_setting: 'X',
      datastore: 'STORE',
      vendor: 'aws.redshift',
      query_id: 'q',
      request_id: 'r',
      batch_id: 'b',
      cluster: 'c',
      client_ip: '10.0.0.1',
      policy_version: '7',
      weak_cnt: 1,
      clear_cnt: 4,
      clear_parts: true,
      break_glass: true,
      repeated_cnt: 2,
      request_cnt: 4,
      first_time: '2023-11-14T22:13:20.000Z',
      last_time: '2023-11-14T22:13:21.000Z',
      deployment_id: 'test-protect',
      hostname: 'host-a',
      origin_ip: '127.0.0.1',
      chain_id: 'a',
      sequence: 1,
      key_id: '95f5a194-b0a4-4351-a',
      checksum: record.signature.checksum,
      previous: null,
      merged_records: null,
      merged_digest: null,
      logtype: 'Protection',
      policy_name: null,
      policy_code: null,
    });
  });

  test('about a policy names the policy and what happened to it', () => {
    const row = toRow(readRecord(POLICY_LINE)!);
    expect(Object.keys(row)).toEqual(Object.keys(AUDIT_COLUMNS));
    expect(row).toMatchObject({
      logtype: 'Policy',
      policy_name: 'SAMPLE_POLICY',
      policy_code: 71,
      datastore: 'SAMPLE_STORE',
      policy_version: '7',
      cnt: 1,
      audit_code: null,
      policy_user: null,
      chain_id: 'p',
      sequence: 1,
    });
  });

  test.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"logtype":"Protection","cnt":"1"}',
    '{"logtype":"Protection","cnt":1,"protection":null}',
    '{"logtype":"Policy","cnt":1,"origin":{"time_utc":1}}',
    '{"logtype":"Other","cnt":1,"protection":{},"policy":{},"origin":{"time_utc":1}}',
    '{"logtype":"Protection","cnt":1,"protection":{},"origin":{"time_utc":8640000000000}}',
    '{"logtype":"toString","cnt":1,"protection":{},"origin":{"time_utc":1}}',
  ])('is not made of the line %j', (line) => {
    expect(readRecord(line)).toBeUndefined();
  });

  test('of the same record has the same identity, and no other one has it', () => {
    const identities = [...ALL.map(({ line }) => line), POLICY_LINE].map((line) => identityOf(readRecord(line)!));
    expect(new Set(identities).size).toBe(ALL.length + 1);
    expect(identityOf(readRecord(ALL[0]!.line)!)).toBe(identities[0]);
  });
});

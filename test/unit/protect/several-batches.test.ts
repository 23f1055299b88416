import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { cellsOf } from '../../../lib/protect/columns/packed-column.ts';
import { type BatchRequest, type BatchResult, Protector } from '../../../lib/protect/protector.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { callerNamed } from '../../support/caller.ts';
import { compiledPolicy } from '../../support/policy.ts';

const POLICY = compiledPolicy();
let entries: AuditEntry[];
let loads: number;
let protector: Protector;

beforeEach(() => {
  entries = [];
  loads = 0;
  const policy = async () => {
    loads += 1;
    return POLICY;
  };
  protector = new Protector(policy, { record: (entry) => void entries.push(entry) }, () => 0);
});

const batch = (element: string, column: readonly (string | null)[], change: object = {}): BatchRequest => ({
  origin: { caller: callerNamed('test_user'), vendor: 'aws.rest', ...change },
  target: () => ({ operation: 'Protect', element }),
  column: () => column,
});

const codes = () => entries.map(({ element, code, count, row }) => [element, code, count, row]);
const describeResult = (result: BatchResult) => (result.ok ? cellsOf(result.column).length : result.refusal.code);
/** Refuses the request with its first refusal. */
const together = (results: readonly BatchResult[]) => {
  for (const result of results) if (!result.ok) throw result.refusal;
  return 'answered';
};
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: unknown) => error,
  );

const tooLarge = (): never => {
  throw new RefusedError('REPLY_TOO_LARGE');
};

describe('several batches in one request', () => {
  test('are decided and recorded one by one, under one policy', async () => {
    const requests = [
      batch('deSSN', ['123456', null]),
      batch('deSSN', ['12']),
      batch('deNothing', ['x']),
      batch('deText', []),
    ];
    expect(await protector.runAll(requests, (results) => results.map(describeResult))).toEqual([
      2,
      'INPUT_TOO_SHORT',
      'ELEMENT_UNKNOWN',
      0,
    ]);
    expect(codes()).toEqual([
      ['deSSN', 6, 1, undefined],
      ['deSSN', 22, 1, 0],
      ['deNothing', 2, 1, undefined],
      ['deText', 10, 0, undefined],
    ]);
    expect(loads).toBe(1);
  });

  test('are all refused with one of them, and the others are recorded as only checked', async () => {
    const requests = [batch('deSSN', ['123456', '234567']), batch('deSSN', ['12']), batch('deText', ['abcdef'])];
    expect(await refusalOf(protector.runAll(requests, together))).toMatchObject({ code: 'INPUT_TOO_SHORT', row: 0 });
    expect(codes()).toEqual([
      ['deSSN', 10, 2, undefined],
      ['deSSN', 22, 1, 0],
      ['deText', 10, 1, undefined],
    ]);
  });

  test('are each recorded with the fault of their common encoder', async () => {
    const requests = [batch('deSSN', ['123456']), batch('deText', ['abcdef', 'ghijkl'])];
    expect(await refusalOf(protector.runAll(requests, tooLarge))).toMatchObject({ code: 'REPLY_TOO_LARGE' });
    expect(codes()).toEqual([
      ['deSSN', 21, 1, undefined],
      ['deText', 21, 2, undefined],
    ]);
  });

  test('count no value again that was answered before, except in a refusal', async () => {
    const repeated = { isRepeat: () => true, batchId: 'b' };
    await protector.runAll(
      [batch('deSSN', ['123456', null, '234567'], repeated), batch('deSSN', ['12'], repeated)],
      () => '',
    );
    expect(entries).toMatchObject([
      { code: 6, count: 0, repeatedCount: 2, batchId: 'b' },
      { code: 22, count: 1, row: 0, batchId: 'b' },
    ]);
    expect(entries.every((entry) => !('isRepeat' in entry))).toBe(true);
  });

  test('give an answer without a record if there is no batch', async () => {
    expect(await protector.runAll([], (results) => results.length)).toBe(0);
    expect(entries).toEqual([]);
  });
});

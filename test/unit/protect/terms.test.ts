// What a caller and the trail are told when a grant has ended, has not begun, or is for emergencies.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { cellsOf } from '../../../lib/protect/columns/packed-column.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import type { RefusedError } from '../../../lib/protect/refusal.ts';
import { explainRefusal } from '../../../lib/protect/refusal-text.ts';
import { errorBody } from '../../../lib/wire/rest/refusal.ts';
import { callerNamed } from '../../support/caller.ts';
import { compiledPolicy } from '../../support/policy.ts';

const SWITCHED_OFF = { unprotect: { successful: false, failed: false } };
const POLICY = compiledPolicy({
  name: 'P',
  dataStore: 'D',
  elements: [
    {
      id: '00000000-0000-4000-8000-000000000001',
      name: 'deSSN',
      method: 'tokenization',
      type: 'numeric',
      shortData: 'error',
    },
  ],
  roles: [
    {
      name: 'reader',
      members: [
        { user: 'ann', from: '2026-11-01', until: '2026-12-01' },
        { user: 'joe', until: '2026-12-01' },
      ],
      grants: [{ element: 'deSSN', permissions: ['unprotect'], audit: SWITCHED_OFF }],
    },
    { name: 'viewer', members: ['joe', 'eva'], grants: [{ element: 'deSSN', permissions: [], audit: SWITCHED_OFF }] },
    {
      name: 'emergency',
      breakGlass: true,
      members: [{ user: 'eva', until: '2026-12-01' }],
      grants: [{ element: 'deSSN', permissions: ['unprotect'] }],
    },
  ],
});

let entries: AuditEntry[];
let nowMs: number;
let protector: Protector;
beforeEach(() => {
  entries = [];
  const record = (entry: AuditEntry): void => void entries.push(entry);
  protector = new Protector(
    async () => POLICY,
    { record },
    () => nowMs,
  );
});

const unprotect = (user: string, time: string) => {
  nowMs = Date.parse(time);
  return protector.run({
    origin: { caller: callerNamed(user), vendor: 'v', requestId: 'r' },
    target: () => ({ operation: 'Unprotect', element: 'deSSN' }),
    column: () => ['1234567'],
    encode: (column) => [...cellsOf(column)],
  });
};
const refusal = (user: string, time: string): Promise<RefusedError> =>
  unprotect(user, time).then(
    () => {
      throw new RangeError('answered');
    },
    (error: unknown) => error as RefusedError,
  );

describe('a policy in use', () => {
  test('answers until the moment that a grant ends, without being loaded again', async () => {
    expect(await unprotect('ann', '2026-11-30T23:59:59.999Z')).toHaveLength(1);
    expect(await refusal('ann', '2026-12-01')).toMatchObject({ code: 'USER_UNKNOWN', auditCode: 1 });
    expect(await unprotect('ann', '2026-11-01')).toHaveLength(1);
  });

  test('decides all batches of a request at one time', async () => {
    let reads = 0;
    const at = (): number => Date.parse('2026-12-01') - (reads++ === 0 ? 1 : 0);
    const own = new Protector(async () => POLICY, { record: () => {} }, at);
    const batch = {
      origin: { caller: callerNamed('ann'), vendor: 'v' },
      target: () => ({ operation: 'Unprotect', element: 'deSSN' }) as const,
      column: () => ['1234567'],
    };
    expect(await own.runAll([batch, batch], (results) => results.map(({ ok }) => ok))).toEqual([true, true]);
  });
});

describe('a refusal because of the time', () => {
  test.each([
    ['2026-10-01', 'begins 2026-11-01T00:00:00Z'],
    ['2026-12-24', 'ended 2026-12-01T00:00:00Z'],
  ])('at %s is recorded as %s, and warehouses show it', async (time, lapse) => {
    const refused = await refusal('ann', time);
    expect(entries).toMatchObject([{ code: 1, user: 'ann', lapse }]);
    expect(explainRefusal(refused)).toBe(
      `The username could not be found in the policy in shared memory. The grant ${lapse}`,
    );
  });

  test('has the text that REST clients know, and nothing behind it', async () => {
    expect(errorBody(await refusal('ann', '2026-12-24'))).toEqual({
      error_msg: 'The username could not be found in the policy in shared memory.',
      success: false,
    });
  });

  test('is recorded for a substitute too, and not where the time changes nothing', async () => {
    await unprotect('joe', '2026-12-24');
    await refusal('zoe', '2026-12-24');
    expect(entries.map(({ user, code, substituted, lapse }) => [user, code, substituted, lapse])).toEqual([
      ['joe', 3, true, 'ended 2026-12-01T00:00:00Z'],
      ['zoe', 1, undefined, undefined],
    ]);
  });
});

describe('the use of a break-glass role', () => {
  test('is a record of its own and says so, although the other roles switch audit off', async () => {
    await unprotect('eva', '2026-11-15');
    await unprotect('joe', '2026-11-15');
    expect(entries.map(({ user, breakGlass, requests, requestId }) => [user, breakGlass, requests, requestId])).toEqual(
      [
        ['eva', true, undefined, 'r'],
        ['joe', undefined, 1, undefined],
      ],
    );
  });

  test('ends: the request is answered as without the role', async () => {
    expect(await unprotect('eva', '2026-12-01')).toEqual([null]);
    expect(entries).toMatchObject([{ code: 3, substituted: true }]);
    expect(entries[0]).not.toHaveProperty('breakGlass');
  });
});

// What a request is told when the user has seen as many values as the policy allows, and what counts.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import type { Cell } from '../../../lib/base/cell.ts';
import { PolicyDecider } from '../../../lib/policy/decide.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { explain } from '../../../lib/policy/explain.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { type Budgets, type Claim, LeasedBudgets } from '../../../lib/protect/budgets.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import { cellsOf } from '../../../lib/protect/columns/packed-column.ts';
import { type BatchRequest, Protector } from '../../../lib/protect/protector.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { explainRefusal } from '../../../lib/protect/refusal-text.ts';
import { errorBody, statusOf } from '../../../lib/wire/rest/refusal.ts';
import { MemoryBudgetStore } from '../../support/budget-store.ts';
import { callerNamed } from '../../support/caller.ts';
import { compiledPolicy } from '../../support/policy.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const uuid = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const NUMERIC = { method: 'tokenization', type: 'numeric', shortData: 'error' };
const MASKING = { method: 'clear', type: 'masking', mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } };
const grant = (element: string, permissions: string[], more: object = {}) => ({ element, permissions, ...more });

const DOCUMENT = {
  name: 'P',
  dataStore: 'D',
  masks: [{ name: 'ends', fromLeft: 1, fromRight: 1, mode: 'mask' }],
  elements: [
    { id: uuid(1), name: 'deSSN', ...NUMERIC },
    { id: uuid(2), name: 'deCity', ...NUMERIC },
    { id: uuid(3), name: 'deShown', ...MASKING },
  ],
  roles: [
    {
      name: 'clerk',
      maxUnprotectPerDay: 10,
      members: ['ann', 'joe', 'eva'],
      grants: [
        grant('deSSN', ['unprotect', 'protect', 'reprotect']),
        grant('deCity', ['unprotect'], { mask: 'ends' }),
        grant('deShown', []),
      ],
    },
    { name: 'lead', maxUnprotectPerDay: 20, members: ['joe'], grants: [grant('deSSN', ['unprotect'])] },
    { name: 'auditor', members: ['eva'], grants: [grant('deSSN', ['unprotect']), grant('deCity', [])] },
    { name: 'viewer', members: ['zoe'], maxUnprotectPerDay: 5, grants: [grant('deSSN', [])] },
  ],
};
const POLICY = compiledPolicy(DOCUMENT);

let entries: AuditEntry[];
let store: MemoryBudgetStore;
let protector: Protector;
const identify = callersOf((name) => name);
const protectorWith = (budgets?: Budgets, policy = POLICY): Protector =>
  new Protector(
    async () => policy,
    { record: (entry) => void entries.push(entry) },
    () => NOW,
    identify,
    budgets,
  );
beforeEach(() => {
  entries = [];
  store = new MemoryBudgetStore();
  const pace = { elapsedMs: () => 0, sleep: () => Promise.resolve(), random: () => 0 };
  protector = protectorWith(new LeasedBudgets({ store, ...pace }));
});

type Operation = 'Unprotect' | 'Protect' | 'Reprotect';
const column = (count: number): Cell[] => [...Array.from({ length: count }, (_, i) => String(1_234_567 + i)), null];
const batch = (user: string, count: number, element = 'deSSN', operation: Operation = 'Unprotect'): BatchRequest => ({
  origin: { caller: callerNamed(user), vendor: 'v', requestId: 'r' },
  target: () => ({ operation, element, ...(operation === 'Reprotect' && { oldElement: element }) }),
  column: () => column(count),
});
const run = (...request: Parameters<typeof batch>) =>
  protector.run({ ...batch(...request), encode: (answered) => cellsOf(answered).length });
const refusal = async (...request: Parameters<typeof batch>): Promise<RefusedError> => {
  try {
    await run(...request);
  } catch (error) {
    if (error instanceof RefusedError) return error;
  }
  throw new RangeError('answered');
};

const deciderOf = (change: object) => new PolicyDecider(parsePolicy({ ...DOCUMENT, ...change }));

describe('the budget of a decision', () => {
  const most = { conflictResolution: 'most-restrictive' };
  test.each<[string, Operation, string, object, number | undefined, string]>([
    ['ann', 'Unprotect', 'deSSN', {}, 10, 'of the only role'],
    ['joe', 'Unprotect', 'deSSN', {}, 20, 'the largest of two'],
    ['joe', 'Unprotect', 'deSSN', most, 10, 'the smallest of two'],
    ['eva', 'Unprotect', 'deSSN', {}, undefined, 'a role without a budget has no limit'],
    ['eva', 'Unprotect', 'deSSN', most, 10, 'the role with a budget'],
    ['eva', 'Unprotect', 'deCity', {}, 10, 'of the role that grants it'],
    ['ann', 'Unprotect', 'deShown', {}, 10, 'of a mask that the element shows'],
    ['ann', 'Protect', 'deSSN', {}, undefined, 'nothing is shown'],
    ['ann', 'Reprotect', 'deSSN', {}, undefined, 'nothing is shown'],
    ['zoe', 'Unprotect', 'deSSN', {}, undefined, 'nothing is shown'],
  ])('of %s %s %s is, with %j, %s: %s', (user, operation, element, change, budget) => {
    expect(deciderOf(change).decide({ user, operation, element }, NOW).budget).toBe(budget);
  });
});

test('a budget is explained with its role, and a change of it is named', () => {
  const policy = parsePolicy(DOCUMENT);
  expect(explain(policy, 'ann', 'deSSN', NOW).roles[0]!.says).toBe(
    'grants unprotect, protect, reprotect; at most 10 values a day',
  );
  const roles = DOCUMENT.roles.map(({ maxUnprotectPerDay: limit, ...role }) => ({
    ...role,
    ...(role.name === 'lead' && { maxUnprotectPerDay: 2000 }),
    ...(role.name === 'viewer' && { maxUnprotectPerDay: limit }),
  }));
  const changes = diffPolicies(policy, parsePolicy({ ...DOCUMENT, roles }));
  expect(changes.map(({ effect, text }) => `${effect}: ${text}`)).toEqual([
    'widens: each member of role clerk may see any number of values a day, instead of 10 values',
    'widens: each member of role lead may see 2,000 values a day, instead of 20 values',
  ]);
});

const unfit = (): never => {
  throw new RefusedError('REPLY_TOO_LARGE');
};

describe('a budget in use', () => {
  test('counts values without nulls, clear or masked, and refuses what goes beyond it', async () => {
    expect(await run('ann', 6)).toBe(7);
    expect(await run('ann', 3, 'deCity')).toBe(4);
    const refused = await refusal('ann', 2);
    expect(refused).toMatchObject({ code: 'BUDGET_SPENT', auditCode: 201, isTransient: false, element: 'deSSN' });
    expect(entries.map(({ code, count }) => [code, count])).toEqual([
      [8, 6],
      [8, 3],
      [201, 2],
    ]);
    expect(await run('ann', 1)).toBe(2);
  });

  test('tells warehouses and REST clients the element, the limit, and when it renews', async () => {
    const refused = await refusal('ann', 11);
    const facts =
      'the policy lets the user see 10 values a day (left: 10), and this batch has 11; the count begins again at 2026-11-30T00:00:00Z';
    expect(explainRefusal(refused)).toBe(
      `deSSN: The daily number of values that the user may see is exceeded: ${facts}`,
    );
    expect(errorBody(refused)).toEqual({
      error_msg: 'The daily number of values that the user may see is exceeded',
      success: false,
      detail: `deSSN: ${facts}`,
    });
    expect(statusOf(refused)).toBe(400);
  });

  test('is one count for a user in any spelling', async () => {
    await run('ann', 6);
    expect(await refusal('ANN', 6)).toMatchObject({ code: 'BUDGET_SPENT' });
  });

  test('counts nothing for what is not shown: protect, nulls in place of values, bad values, a failed reply', async () => {
    await run('ann', 50, 'deSSN', 'Protect');
    await run('zoe', 50);
    const bad = { ...batch('ann', 9), column: () => ['1', ...column(8)], encode: () => 0 };
    await expect(protector.run(bad)).rejects.toMatchObject({ code: 'INPUT_TOO_SHORT' });
    await expect(protector.run({ ...batch('ann', 9), encode: unfit })).rejects.toMatchObject({
      code: 'REPLY_TOO_LARGE',
    });
    expect(await run('ann', 10)).toBe(11);
  });

  test('counts the batches of a request one after the other', async () => {
    const results = await protector.runAll([batch('ann', 6), batch('ann', 6), batch('ann', 4)], (all) =>
      all.map((one) => (one.ok ? 'ok' : one.refusal.code)),
    );
    expect(results).toEqual(['ok', 'BUDGET_SPENT', 'ok']);
  });

  test('gives back what a bad batch of a request was counted for', async () => {
    const bad = { ...batch('ann', 9), column: () => ['1', ...column(8)] };
    const codes = await protector.runAll([bad], (all) => all.map((one) => (one.ok ? 'ok' : one.refusal.code)));
    expect(codes).toEqual(['INPUT_TOO_SHORT']);
    expect(await run('ann', 10)).toBe(11);
  });

  test('refuses a batch with more values than were counted', async () => {
    const request = { ...batch('ann', 9), count: () => 1, encode: () => 0 };
    await expect(protector.run(request)).rejects.toMatchObject({ code: 'BUDGET_UNAVAILABLE', isTransient: true });
  });

  test('refuses every request of its policy where nothing is set to count in, and says what to set', async () => {
    protector = protectorWith();
    for (const refused of [await refusal('eva', 1), await refusal('ann', 1, 'deSSN', 'Protect')]) {
      expect(refused).toMatchObject({ code: 'NOT_CONFIGURED', auditCode: 17 });
      expect(refused.message).toContain('BUDGET_STORE');
    }
  });

  test('asks nothing of the store for a policy without budgets', async () => {
    const asked: Claim[] = [];
    const budgets: Budgets = { take: (claim) => Promise.resolve(void asked.push(claim)), giveBack: () => {} };
    const roles = DOCUMENT.roles.map(({ maxUnprotectPerDay: _limit, ...role }) => role);
    protector = protectorWith(budgets, compiledPolicy({ ...DOCUMENT, roles }));
    await run('ann', 6);
    expect(asked).toEqual([]);
  });
});

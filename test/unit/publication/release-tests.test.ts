// The tests beside an uploaded policy stop a publication.
import { describe, expect, test } from '@jest/globals';
import { smallPolicy } from '../../support/publication/small-policy.ts';
import { TestCloud } from '../../support/publication/world.ts';

const GOOD = ['nobody but test_user sees deSSN in clear', 'every element has somebody who may unprotect it'];

async function released(statements: readonly string[] | string, tests: readonly unknown[] = []) {
  const cloud = new TestCloud();
  await cloud.author(smallPolicy('first'));
  const text = typeof statements === 'string' ? statements : JSON.stringify({ tests, statements }, null, 2);
  await cloud.authored.put('policy.tests.json', text);
  const outcome = await (await cloud.agent()).run();
  return { cloud, outcome, last: cloud.events.at(-1) };
}

describe('an uploaded policy with tests', () => {
  test('is published when it passes them, and its record says how many there are', async () => {
    const value = { user: 'test_user', unprotect: 'deSSN', value: '900-12-3456', gives: '900-12-3456' };
    const { outcome, last, cloud } = await released(GOOD, [value]);
    expect(outcome).toEqual({ kind: 'published', live: 1 });
    expect(last).toMatchObject({ code: 71, detail: 'tests passed: 3' });
    expect((await cloud.journal()).releases[0]).toMatchObject({ tested: 3 });
  });

  test.each<[what: string, statements: readonly string[] | string, tests: readonly unknown[], problem: object]>([
    [
      'fails a statement',
      [...GOOD, 'nobody sees deSSN in clear'],
      [],
      {
        path: '$.statements[2]',
        line: 6,
        message: expect.stringMatching(/^does not hold: nobody sees deSSN in clear: test_user /),
      },
    ],
    [
      'fails a test',
      [],
      [{ user: 'test_user', unprotect: 'deSSN', value: '900-12-3456', gives: '900-12-9999' }],
      { path: '$.tests[0]', line: 3, message: expect.stringMatching(/^fails, because /) },
    ],
    [
      'has tests about an element that it does not have',
      ['nobody sees deCCN in clear'],
      [],
      { path: '$.statements[0]', message: 'the policy has no element deCCN' },
    ],
    ['has tests that cannot be read', '{', [], { path: '$' }],
  ])('is not published when it %s', async (_, statements, tests, problem) => {
    const { outcome, last, cloud } = await released(statements, tests);
    expect(outcome).toMatchObject({ kind: 'refused', live: undefined, problems: [problem] });
    expect(last).toMatchObject({
      code: 80,
      detail: expect.stringMatching(/^POLICY_TESTS_(FAILED|INVALID), problems: 1$/),
    });
    expect(JSON.stringify([outcome, cloud.events])).not.toContain('900-12');
    expect((await cloud.journal()).lastVersion).toBe(0);
  });

  test('is not published when a statement will not hold at a later time', async () => {
    const cloud = new TestCloud();
    const policy = smallPolicy('first') as { roles: { members: unknown[] }[] };
    policy.roles[0]!.members.push({ user: 'joe', from: '2027-02-01' });
    await cloud.author(policy);
    const uploaded = async (statement: string) => {
      await cloud.authored.put('policy.tests.json', JSON.stringify({ statements: [statement] }));
      return (await cloud.agent()).run();
    };
    expect(await uploaded('nobody but test_user sees deSSN in clear')).toMatchObject({
      kind: 'refused',
      problems: [{ message: expect.stringContaining('at 2027-02-01T00:00:00Z joe may see deSSN in clear') }],
    });
    expect(await uploaded('now, nobody but test_user sees deSSN in clear')).toEqual({ kind: 'published', live: 1 });
  });

  test('is published once its tests are mended', async () => {
    const { cloud } = await released(['nobody sees deSSN in clear']);
    await cloud.authored.put('policy.tests.json', JSON.stringify({ statements: GOOD }));
    expect(await (await cloud.agent()).run()).toEqual({ kind: 'published', live: 1 });
  });
});

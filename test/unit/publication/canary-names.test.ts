import { describe, expect, test } from '@jest/globals';
import { CANARY } from '../../../lib/contract/policy-agent.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { refuseCanaryNames, withCanary } from '../../../lib/publication/canary.ts';
import { changed, KEYRING, POLICY } from '../../support/policy.ts';

function pathsOf(document: unknown): string[] {
  try {
    refuseCanaryNames(parsePolicy(document));
  } catch (error) {
    if (error instanceof PolicyError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('an authored policy', () => {
  test.each<[string, unknown]>([
    ['a member by name', CANARY],
    ['a member in another case', CANARY.toUpperCase()],
    ['a member for a time', { user: CANARY, until: '2026-12-31' }],
  ])('may not give the user of the canary a role or a group: %s', (_, member) => {
    const groups = [{ name: 'g', members: [member] }];
    expect(pathsOf(changed(changed(POLICY, ['roles', 0, 'members'], [member]), ['groups'], groups))).toEqual([
      '$.roles[0].members[0]',
      '$.groups[0].members[0]',
    ]);
  });

  test('may have any other users, and gets the canary with times of members untouched', () => {
    const document = changed(POLICY, ['roles', 0, 'members'], [{ user: 'ann', until: '2026-12-31' }]);
    expect(pathsOf(document)).toEqual([]);
    const policy = withCanary(parsePolicy(document), 7, KEYRING);
    expect(policy.roles[0]!.members).toEqual([{ user: 'ann', until: '2026-12-31' }]);
    expect(policy.roles.at(-1)!.members).toEqual([CANARY]);
  });
});

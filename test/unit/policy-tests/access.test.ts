import { describe, expect, test } from '@jest/globals';
import { accessTo, grant, grantOf, roleOf, runOn, testedPolicy } from '../../support/tested-policy.ts';

describe('classes of users', () => {
  test('hold every user once, and those that the policy does not list', () => {
    const access = accessTo({ ...testedPolicy(), users: ['ada', 'aude', 'fay', 'pia', 'carl', 'etl', 'ann', 'zoe'] });
    const users = access.classes.map((each) => each.users);
    expect(users).toContainEqual(['zoe', 'anybody else']);
    expect(users.flat().toSorted()).toEqual(['ada', 'ann', 'anybody else', 'aude', 'carl', 'etl', 'fay', 'pia', 'zoe']);
    expect(access.classes.filter(({ isOpenEnded }) => isOpenEnded).length).toBe(1);
  });

  test('join users with the same roles, however they have them', () => {
    const draft = testedPolicy();
    roleOf(draft, 'clerk').members.push('direct');
    const access = accessTo(draft);
    expect(access.classOf('direct')).toBe(access.classOf('fay'));
    expect(access.classOf('direct')).not.toBe(access.classOf('pia'));
  });

  test('name the unlisted user by a name that no user has', () => {
    const draft = testedPolicy();
    roleOf(draft, 'clerk').members.push('Anybody Else');
    expect(accessTo(draft).stranger).toBe('anybody else else');
  });
});

describe('elements that are alike', () => {
  test('are decided once, and an old key version is like no current one', async () => {
    const draft = testedPolicy();
    draft.elements[3] = {
      ...draft.elements[0],
      id: draft.elements[3].id,
      name: 'deDigits',
      keyVersion: 1,
      oldKeyVersions: [],
    };
    grantOf(draft, 'loader', 'deDigits').permissions = ['protect', 'reprotect'];
    for (const role of ['auditor', 'clerk', 'analyst']) {
      roleOf(draft, role).grants.push(grant('deDigits', grantOf(draft, role, 'deSSN').permissions));
    }
    const access = accessTo(draft);
    expect(access.distinct(['deSSN', 'deDigits'])).toEqual(['deSSN']);
    expect(access.distinct(['deSSN@1', 'deDigits'])).toEqual(['deSSN@1', 'deDigits']);
    const [result] = await runOn(draft, { statements: ['nobody but ada may protect deSSN@1, deDigits'] });
    expect(result?.failure?.gives).toBe('etl may protect deDigits');
  });

  test('differ where one role grants another thing', () => {
    const access = accessTo(testedPolicy());
    expect(access.distinct(['deSSN', 'deDigits', 'deCCN'])).toEqual(['deSSN', 'deDigits', 'deCCN']);
  });
});

test('values are never moved to an old key version', () => {
  const access = accessTo(testedPolicy());
  const etl = access.classOf('etl');
  expect(access.mayMove(etl, 'deSSN@1', 'deSSN')).toBe(true);
  expect(access.mayMove(etl, 'deDigits', 'deSSN@1')).toBe(false);
});

import { describe, expect, test } from '@jest/globals';
import { redshiftFunctions } from '../../../lib/local/redshift-sql.ts';
import { changed, compiledPolicy, POLICY } from '../../support/policy.ts';

const ROTATED = changed(changed(POLICY, ['elements', 1, 'keyVersion'], 2), ['elements', 1, 'oldKeyVersions'], [1]);
const policy = compiledPolicy(ROTATED, { 'hr.move_ssn': { Operation: 'protect', Element: 'deSSN' } });
const functions = (sql: string) => redshiftFunctions(policy, sql).map(({ name }) => name);

describe('functions that local SQL may call', () => {
  test('are three for every element and old key version, and those of the mapping', () => {
    const names = functions('select 1');
    expect(names).toEqual(
      expect.arrayContaining([
        'pty_protect_deSSN',
        'pty_unprotect_deName',
        'pty_check_deSSN',
        'pty_unprotect_deSSN_v1',
        'pty_unprotect_deSSN@1',
        'move_ssn',
      ]),
    );
    expect(names.some((name) => name.includes('reprotect'))).toBe(false);
  });

  test.each([
    ['select pty_reprotect_dessn__to__deccn(x)', ['pty_reprotect_dessn__to__deccn']],
    ['select PTY_REPROTECT_dessn__TO__deccn ( x )', ['PTY_REPROTECT_dessn__TO__deccn']],
    [
      'select "pty_reprotect_deSSN@1__to__deSSN"(x), f(pty_reprotect_dessn_v1__to__dessn(y))',
      ['pty_reprotect_deSSN@1__to__deSSN', 'pty_reprotect_dessn_v1__to__dessn'],
    ],
    ['select pty_reprotect_dessn__to__gone(x), pty_reprotect_gone__to__dessn(x), pty_reprotect_dessn(y)', []],
  ])('%s: also %j', (sql, expected) => {
    expect(functions(sql).filter((name) => /reprotect/i.test(name))).toEqual(expected);
  });
});

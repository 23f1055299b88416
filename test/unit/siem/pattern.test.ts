import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { matchesPattern } from '../../../lib/siem/pattern.ts';

describe('a pattern of event names', () => {
  test.each([
    ['USER_LOGIN', 'USER_LOGIN', true],
    ['USER_LOGIN', 'USER_LOGIN_', false],
    ['USER_LOGIN', 'X_USER_LOGIN', false],
    ['USER_*', 'USER_LOGIN', true],
    ['USER_*', 'USER_', true],
    ['USER_*', 'ADMIN_USER_ADD', false],
    ['*_PERMISSIONS', 'DATA_CHANGE_PERMISSIONS', true],
    ['*_PERMISSIONS', 'CUSTOM_PERMISSIONS_X', false],
    ['*', '', true],
    ['**', 'ANY', true],
    ['', '', true],
    ['', 'X', false],
    ['A*A', 'A', false],
    ['A*A', 'AA', true],
    ['AB*BA', 'ABA', false],
    ['*B*B*', 'B', false],
    ['*B*B*', 'BB', true],
    ['U.*', 'USER', false],
    ['*AB*ABC', 'ABABC', true],
  ])('%j fits %j: %p', (pattern, name, fits) => {
    expect(matchesPattern(pattern, name)).toBe(fits);
  });

  test('fits what the regular expression of the same meaning does', () => {
    const text = fc.string({ unit: fc.constantFrom('A', 'B', '_'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('A', 'B', '_', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        const same = new RegExp(`^${glob.split('*').join('.*')}$`);
        expect(matchesPattern(glob, name)).toBe(same.test(name));
      }),
      { numRuns: 2_000 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { type Coverage, coverageOf } from '../../../lib/policy-tests/coverage.ts';
import { parsePolicyTests } from '../../../lib/policy-tests/parse.ts';
import { accessTo, testedPolicy } from '../../support/tested-policy.ts';

/** The policy grants 34 permissions. */
const GRANTED = 34;

function coverage(...documents: object[]): Coverage {
  const access = accessTo(testedPolicy());
  return coverageOf(
    access,
    documents.map((document) => parsePolicyTests(document, access)),
  );
}

/** The grants that the tests touch, as `role permission element`. */
function touchedBy(...documents: object[]): string[] {
  const before = coverage();
  const after = coverage(...documents).untouched;
  const texts = after.map((each) => JSON.stringify(each));
  const touched = before.untouched.filter((each) => !texts.includes(JSON.stringify(each)));
  return touched.map(({ role, permission, element }) => `${role} ${permission} ${element}`);
}

describe('coverage', () => {
  test('counts every permission of every grant, and none without tests', () => {
    expect(coverage()).toMatchObject({ granted: GRANTED, touched: 0 });
    expect(coverage().untouched.length).toBe(GRANTED);
    expect(coverage().untouched[0]).toEqual({ role: 'admin', element: 'deSSN', permission: 'protect' });
  });

  test.each<[object, string[]]>([
    [{ tests: ['ada unprotects deSSN: clear'] }, ['admin unprotect deSSN']],
    [{ tests: ['ada unprotects deSSN@1: clear'] }, ['admin unprotect deSSN']],
    [{ tests: ['ada unprotects deSSN: null'] }, ['admin unprotect deSSN']],
    [{ tests: ['ann unprotects deSSN: null'] }, []],
    [{ tests: ['etl reprotects deSSN to deDigits: allowed'] }, ['loader reprotect deDigits', 'loader reprotect deSSN']],
    [{ tests: ['ann protects deNote: allowed'] }, ['everyone protect deNote']],
    [{ tests: ['anybody else protects deNote: allowed'] }, ['everyone protect deNote']],
    [{ tests: ['pia unprotects deName: clear'] }, ['payer unprotect deName']],
    [
      { tests: ['unprotect deName: refused'] },
      ['admin unprotect deName', 'auditor unprotect deName', 'payer unprotect deName'],
    ],
    [{ statements: ['role auditor may unprotect deSSN'] }, ['auditor unprotect deSSN']],
    [{ statements: ['nobody but ada sees deSSN in clear', 'somebody may unprotect deSSN'] }, []],
  ])('%j touches what decides', (document, touched) => {
    expect(touchedBy(document)).toEqual(touched);
  });

  test('adds up over files', () => {
    const files = [{ tests: ['ada unprotects deSSN: clear'] }, { tests: ['aude unprotects deSSN: clear'] }];
    expect(coverage(...files)).toMatchObject({ granted: GRANTED, touched: 2 });
  });
});

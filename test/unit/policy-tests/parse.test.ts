// What is wrong with a file of tests, and where.
import { describe, expect, test } from '@jest/globals';
import { readSource } from '../../../lib/document/source.ts';
import { PolicyTestsError } from '../../../lib/policy-tests/errors.ts';
import type { PolicyTests } from '../../../lib/policy-tests/model.ts';
import { parsePolicyTests } from '../../../lib/policy-tests/parse.ts';
import { accessTo, testedPolicy } from '../../support/tested-policy.ts';

const access = accessTo({
  ...testedPolicy(),
  groups: [...testedPolicy().groups, { name: 'auditor', members: ['aude'] }],
});

const parse = (document: unknown): PolicyTests => parsePolicyTests(document, access);

/** The problems of a document, as `path: message`. */
function problemsOf(document: unknown): string[] {
  try {
    parse(document);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyTestsError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('problems of a test', () => {
  test.each<[unknown, string]>([
    ['ann unprotects deSNN: null', 'the policy has no element deSNN; did you mean deSSN?'],
    ['ann unprotects deSSN@7: null', 'the policy has no element deSSN@7; did you mean deSSN@1?'],
    ['ann reprotects deSSN to deDigit: refused', 'the policy has no element deDigit; did you mean deDigits?'],
    ['ann unprotects deSSN: masked with lats4', 'the policy has no mask lats4; did you mean last4?'],
    ['ann protects deSSN: token', '"token" depends on the value: give one, or expect "allowed"'],
    ['nobody sees deSSN in clear', 'the sentence is a statement: list it under statements'],
    ['x'.repeat(501), 'it has more than 500 characters'],
    [7, 'a test is a sentence or an object'],
    [null, 'a test is a sentence or an object'],
    [{ 'ann unprotects deSSN': null }, 'put the sentence in quotes: YAML reads what follows a colon as a value'],
    [{ user: 'ann', unprotct: 'deSSN', gives: null }, 'it has none of the members protect, unprotect, reprotect'],
    [{ unprotct: 'deSSN' }, 'it has none of the members protect, unprotect, reprotect; did you mean unprotect?'],
    [{ user: 'ann', unprotect: 'deSSN', gives: 'clear', code: 3 }, 'a code belongs to "gives: refused"'],
    [{ user: 'ann', unprotect: 'deSSN', gives: 'clear', mask: 'last4' }, 'a mask belongs to "gives: masked"'],
    [{ unprotect: 'deSSN', value: '1', gives: 'clear' }, 'a test with a value needs a user'],
  ])('%j', (entry, message) => {
    expect(problemsOf({ tests: [entry] })).toEqual([`$.tests[0]: ${message}`]);
  });

  test.each<[object, string]>([
    [{ user: 'ann', unprotect: 'deSSN', gives: 'clear', colour: 'red' }, '.colour: unknown member'],
    [
      { user: 'ann', unprotect: 'deSSN', gives: 'clear', value: 12 },
      '.value: Invalid input: expected string, received number',
    ],
    [
      { user: 'ann', protect: 'deSSN', gives: 'null' },
      '.gives: Invalid option: expected one of "allowed"|"token"|"clear"|"refused"',
    ],
    [{ user: 'ann', reprotect: 'deSSN', gives: 'refused' }, '.to: Invalid input: expected string, received undefined'],
  ])('%j', (entry, problem) => {
    expect(problemsOf({ tests: [entry] })).toEqual([`$.tests[0]${problem}`]);
  });
});

describe('problems of a statement', () => {
  test.each<[unknown, string]>([
    [
      'nobody but clark sees deSSN in clear',
      'the policy has no user, role or group clark (write "user clark" for a user that the policy does not list); did you mean clerk?',
    ],
    [
      'nobdy may unprotect deSSN',
      'the policy has no user, role or group nobdy (write "user nobdy" for a user that the policy does not list); did you mean nobody?',
    ],
    ['nobody but role finance sees deSSN in clear', 'the policy has no role finance'],
    ['nobody but group clerk sees deSSN in clear', 'the policy has no group clerk'],
    [
      'nobody but auditor sees deSSN in clear',
      'auditor is the name of a role and of a group: write "role auditor" or "group auditor"',
    ],
    ['nobody sees x* in clear', 'no element of the policy fits x*'],
    ['every grant of role clark is null', 'the policy has no role clark; did you mean clerk?'],
    ['ann unprotects deSSN: null', 'the sentence is a test: list it under tests'],
    [{ grantsOf: 'clerk' }, 'it needs either give or neverGive'],
    [{ grantsOf: 'clerk', give: 'null', neverGive: 'clear' }, 'it needs either give or neverGive'],
    [
      { who: 'ann', may: { doAnythingWith: '*' } },
      'doAnythingWith belongs to statements that deny: name the operations that are allowed',
    ],
    [
      { nobdy: { protect: '*' } },
      'it has none of the members nobody, everybody, mayNot, who, atLeast, atMost, grantsOf, noPathShows; did you mean nobody?',
    ],
  ])('%j', (entry, message) => {
    expect(problemsOf({ statements: [entry] })).toEqual([`$.statements[0]: ${message}`]);
  });

  test('a deed of no kind is named', () => {
    expect(problemsOf({ statements: [{ nobody: { see: 'deSSN' } }] })).toEqual([
      '$.statements[0].nobody: must have one member: protect, unprotect, reprotect, seeInClear, seeAnythingOf, doAnythingWith or both',
    ]);
  });

  test('a sentence of no form lists all forms once, and the nearest one each time', () => {
    const [first, second] = problemsOf({
      statements: ['nobdy but ann may unprotect deSSN', 'nobody may unprotcet deSSN'],
    });
    expect(first).toContain(
      'the nearest is "nobody but <users> <deed>", as in "nobody but auditor sees deSSN in clear"',
    );
    expect(first).toContain('no path of reprotects by <users> shows <elements> to <users>');
    expect(second).toContain('the nearest is "nobody but <users> <deed>"');
    expect(second).not.toContain('no path of reprotects');
  });
});

describe('a file of tests', () => {
  test('has its problems all at once, with their lines', () => {
    const source = readSource('tests:\n  - "x"\nstatements:\n  - "y"\n  - { nobody: { protect: deX } }\n', 'yaml');
    let thrown: unknown;
    try {
      parse(source.document);
    } catch (error) {
      thrown = source.locate(error);
    }
    expect(thrown).toBeInstanceOf(PolicyTestsError);
    expect((thrown as PolicyTestsError).problems.map(({ line }) => line)).toEqual([2, 4, 5]);
  });

  test.each([
    [{}, '$: it has neither tests nor statements'],
    [null, '$: Invalid input: expected object, received null'],
    [{ tests: 'x' }, '$.tests: Invalid input: expected array, received string'],
    [{ tests: [], more: 1 }, '$.more: unknown member'],
  ])('%j', (document, problem) => {
    expect(problemsOf(document)).toEqual([problem]);
  });

  test('has hints for its first problems only: names may be many', () => {
    const problems = problemsOf({
      tests: [...new Array<string>(30).fill('x'), ...new Array<string>(30).fill('protect deSNN: refused')],
    });
    expect(problems.length).toBe(60);
    expect(problems.filter((each) => each.includes('the nearest is')).length).toBe(20);
    expect(problems.filter((each) => each.includes('did you mean deSSN?')).length).toBe(20);
  });

  test('names users that the policy does not list: they are legal, and noted', () => {
    const { notes } = parse({
      tests: ['anne unprotects deSSN: null', 'ANN unprotects deSSN: null', 'anybody else unprotects deSSN: null'],
    });
    expect(notes).toEqual([
      {
        path: '$.tests[0]',
        message:
          'the policy does not list the user anne: the test is about a user that no role lists; did you mean ann?',
      },
    ]);
  });

  test('takes names in another case, and keeps those of the policy', () => {
    const { tests } = parse({ tests: ['ANN reprotects DESSN_v1 to dessn: refused'] });
    expect(tests).toMatchObject([{ user: 'ann', element: 'deSSN@1', to: 'deSSN' }]);
  });

  test('takes patterns, which leave out monitor elements', () => {
    const { statements } = parse({
      statements: ['nobody may protect de*', 'nobody may protect d*e*S*', 'nobody may protect deWatch'],
    });
    expect(statements.map((each) => 'deed' in each && 'elements' in each.deed && each.deed.elements.names)).toEqual([
      ['deSSN', 'deCCN', 'deName', 'deDigits', 'deCity', 'deNote', 'deHash'],
      ['deSSN'],
      ['deWatch'],
    ]);
  });
});

// The sentences of policy tests: each form, its ways of saying it, and the object that says the same.
import { describe, expect, test } from '@jest/globals';
import { statementText, testText } from '../../../lib/policy-tests/describe.ts';
import type { StatementForm, TestForm } from '../../../lib/policy-tests/schema.ts';
import { nearestForm, readSentence, STATEMENT_SENTENCES, TEST_SENTENCES } from '../../../lib/policy-tests/sentences.ts';

const asTest = (sentence: string): TestForm | undefined => readSentence(TEST_SENTENCES, sentence);
const asStatement = (sentence: string): StatementForm | undefined => readSentence(STATEMENT_SENTENCES, sentence);

const TESTS: readonly (readonly [object, ...string[]])[] = [
  [
    { user: 'ann', unprotect: 'deSSN', gives: null },
    'ann unprotects deSSN: null',
    'ann may unprotect deSSN: NULL',
    'Ann unprotects deSSN -> null'.replace('Ann', 'ann'),
    'ann unprotects deSSN gives null',
    'unprotect deSSN by ann: null',
    'user ann unprotects deSSN: null',
    'ann sees null of deSSN',
  ],
  [
    { user: 'ann', unprotect: 'deSSN', gives: 'clear' },
    'ann sees deSSN in clear',
    'ann reads deSSN in plain text',
    'ann unprotects deSSN: the clear value',
  ],
  [
    { user: 'ann', unprotect: 'deSSN', gives: 'token' },
    'ann unprotects deSSN: the token',
    'ann sees the protected value of deSSN',
  ],
  [{ user: 'ann', unprotect: 'deSSN', gives: 'nothing' }, 'ann sees nothing of deSSN', 'ann unprotects deSSN: hidden'],
  [
    { user: 'ann', unprotect: 'deCCN', gives: '****1111' },
    'ann sees ****1111 of deCCN',
    'ann unprotects deCCN: ****1111',
    "ann sees '****1111' of deCCN",
  ],
  [{ user: 'ann', unprotect: 'deCCN', gives: '** 11' }, 'ann sees "** 11" of deCCN'],
  [{ user: 'ann', unprotect: 'deCCN', gives: { text: 'null' } }, 'ann sees "null" of deCCN'],
  [
    { user: 'ann', unprotect: 'deCCN', gives: 'masked', mask: 'last4' },
    'ann sees deCCN masked with last4',
    'ann unprotects deCCN: masked by last4',
  ],
  [
    { user: 'etl', protect: 'deSSN', gives: 'refused', code: 3 },
    'etl protects deSSN: refused, code 3',
    'etl protects deSSN: refused with code 3',
    'protect deSSN by etl: refused code 3',
  ],
  [
    { reprotect: 'deSSN', to: 'deDigits', gives: 'refused' },
    'reprotect deSSN to deDigits: refused',
    'reprotect deSSN to deDigits: denied',
    'reprotect deSSN to deDigits by everybody: refused',
  ],
  [
    { user: 'anybody else', reprotect: 'deSSN@1', to: 'deSSN', gives: 'refused' },
    'anybody else reprotects deSSN@1 to deSSN: refused',
    'any other user reprotects deSSN@1 to deSSN: refused',
  ],
  [
    { user: 'O’Brien x', protect: 'to', gives: 'allowed' },
    '"O’Brien x" protects "to": ok',
    "'O’Brien x' protects `to`: allowed",
  ],
  [{ user: 'AWS:role/x,y', protect: 'deA', gives: 'allowed' }, 'AWS:role/x,y protects deA: allowed'],
  [
    { at: '2026-12-31T18:00:00Z', user: 'ann', unprotect: 'deSSN', gives: null },
    'at 2026-12-31T18:00:00Z, ann unprotects deSSN: null',
    'on 2026-12-31T18:00:00Z unprotect deSSN by ann: null',
    'At 2026-12-31t18:00:00z ann sees null of deSSN',
  ],
  [{ at: 'now', user: 'now', protect: 'deA', gives: 'allowed' }, 'now, now protects deA: allowed'],
  [{ user: 'now', protect: 'deA', gives: 'allowed' }, 'now protects deA: allowed'],
];

const STATEMENTS: readonly (readonly [object, ...string[]])[] = [
  [
    { at: '2027-01-01', nobody: { unprotect: 'deSSN' } },
    'at 2027-01-01, nobody may unprotect deSSN',
    'on 2027-01-01 no one may unprotect deSSN',
  ],
  [{ at: 'now', atLeast: 1, may: { unprotect: '*' } }, 'now, every element has somebody who may unprotect it'],
  [
    { nobody: { seeInClear: 'deSSN' }, but: 'auditor' },
    'nobody but auditor sees deSSN in clear',
    'no one except auditor may read deSSN in plain text',
    'nobody sees deSSN in clear, except for auditor',
    'only auditor sees deSSN in the clear',
    'Only auditor can see deSSN unmasked',
    'everybody who sees deSSN in clear is in auditor',
    'every user who can see deSSN in clear belongs to auditor',
  ],
  [{ nobody: { unprotect: '*' } }, 'nobody may unprotect any element', 'no users can unprotect any element'],
  [
    { nobody: { doAnythingWith: ['deA', 'deB'] }, but: ['ann', 'role r'] },
    'nobody but ann and role r may do anything with deA, deB',
    'nobody but ann, or role r may do anything with deA or deB',
  ],
  [
    { nobody: { both: ['protect', 'unprotect'], of: 'deCCN' } },
    'nobody may both protect and unprotect deCCN',
    'nobody shall both protect and unprotect deCCN',
  ],
  [{ nobody: { both: ['protect', 'seeInClear'], of: 'deCCN' } }, 'nobody may both protect and see deCCN in clear'],
  [
    { nobody: { both: [{ seeInClear: 'deA' }, { seeInClear: 'deB' }] } },
    'nobody sees both deA and deB in clear',
    'nobody may both see deA in clear and see deB in clear',
  ],
  [{ who: 'user eve', mayNot: { doAnythingWith: '*' } }, 'user eve may do nothing', 'user eve may not do anything'],
  [
    { who: ['group a', 'bob'], mayNot: { seeAnythingOf: 'deA' } },
    'group a and bob see nothing of deA',
    'group a, bob cannot see anything of deA',
    'group a, and bob do not see anything of deA',
  ],
  [
    { who: 'anybody else', mayNot: { unprotect: '*' } },
    'anybody else may not unprotect any element',
    'other users must not unprotect any element',
  ],
  [{ who: 'role etl', may: { protect: '*' } }, 'role etl may protect every element', 'role etl protects everything'],
  [{ everybody: { protect: 'deNote' } }, 'everybody may protect deNote', 'everyone can protect deNote'],
  [{ everybody: { protect: 'deNote' }, but: 'ann' }, 'everybody but ann may protect deNote'],
  [
    { atLeast: 1, may: { unprotect: '*' } },
    'every element has somebody who may unprotect it',
    'somebody may unprotect every element',
    'at least 1 user may unprotect every element',
  ],
  [{ atLeast: 2, may: { seeInClear: ['deA', 'deB'] } }, 'at least 2 users see deA and deB in clear'],
  [{ atMost: 3, may: { reprotect: '*' } }, 'at most 3 users may reprotect any element'],
  [
    { grantsOf: 'clerk', give: ['masked', 'null'] },
    'every grant of role clerk is masked or null',
    'every grant of the role clerk is masked, null',
    'all grants of role clerk are masked or null',
  ],
  [{ grantsOf: '*', neverGive: 'token' }, 'no grant of any role is token', 'no grant of every role is protected'],
  [{ noPathShows: 'deSSN', to: 'ann' }, 'no path of reprotects shows deSSN to ann', 'no path shows deSSN to ann'],
  [
    { noPathShows: '*', to: 'everybody', but: 'aude', by: ['etl', 'ann'], anything: true },
    'no path of reprotects by etl and ann shows anything of any element to anybody but aude',
  ],
  [{ noPathShows: 'deSSN', to: 'ann', notBy: 'ada' }, 'no path of reprotects by anybody but ada shows deSSN to ann'],
];

describe('sentences of tests', () => {
  test.each(TESTS.flatMap(([form, ...all]) => all.map((sentence) => [sentence, form] as const)))(
    '%s',
    (sentence, form) => {
      expect(asTest(sentence)).toEqual(form);
    },
  );

  test.each(TESTS)('%j has a sentence that reads as it', (form) => {
    expect(asTest(testText(form as TestForm))).toEqual(form);
  });
});

describe('sentences of statements', () => {
  test.each(STATEMENTS.flatMap(([form, ...all]) => all.map((sentence) => [sentence, form] as const)))(
    '%s',
    (sentence, form) => {
      expect(asStatement(sentence)).toEqual(form);
    },
  );

  test.each(STATEMENTS)('%j has a sentence that reads as it', (form) => {
    expect(asStatement(statementText(form as StatementForm))).toEqual(form);
  });

  test.each([
    'nobody but sees deSSN in clear',
    'nobody sees deSSN',
    'nobody unprotects every element',
    'ann may do anything with deSSN',
    'ann may protect any element',
    'at least 0 users may protect deA',
    'every element has somebody',
    'no path shows deSSN',
    '',
    '"',
    ': : :',
  ])('%s is none: it could be read in two ways, or in none', (sentence) => {
    expect(asStatement(sentence)).toBeUndefined();
  });
});

describe('the nearest form of a sentence', () => {
  test.each([
    ['ann unprotcts deSSN: null', '<user> unprotects <element>: <outcome>'],
    ['ann protets deSSN is allowed', '<user> protects <element>: <outcome>'],
    ['reprotect deSSN into deName: refused', 'reprotect <element> to <element> by <user>: <outcome>'],
    ['ann views ***1 of deCCN', '<user> sees <text or outcome> of <element>'],
  ])('%s', (sentence, form) => {
    expect(nearestForm(TEST_SENTENCES, sentence).form).toBe(form);
  });

  test.each([
    ['nobody should see deSSN in clear', 'nobody but <users> <deed>'],
    ['nobdy may unprotect deSSN', 'nobody but <users> <deed>'],
    ['every element has someone that may unprotect it', '<elements> has somebody who <operation> it'],
    ['no paths of reprotects show deSSN to ann', 'no path of reprotects by <users> shows <elements> to <users>'],
    ['all grants for role clerk are masked', 'every grant of role <role> is <outcome> or <outcome>'],
    ['no more than 3 users see deSSN in clear', 'at most <number> users <deed>'],
  ])('%s', (sentence, form) => {
    expect(nearestForm(STATEMENT_SENTENCES, sentence).form).toBe(form);
  });

  test('every form reads its own examples', () => {
    for (const { examples, form } of TEST_SENTENCES)
      for (const example of examples) expect([form, asTest(example)]).toEqual([form, expect.anything()]);
    for (const { examples, form } of STATEMENT_SENTENCES)
      for (const example of examples) expect([form, asStatement(example)]).toEqual([form, expect.anything()]);
  });
});

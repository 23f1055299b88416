// The table of tests and statements: what each proves, and one change of the policy that breaks it.
import { describe, expect, test } from '@jest/globals';
import { type Draft, grant, grantOf, roleOf, runOn, testedPolicy } from '../../support/tested-policy.ts';

type Entry = string | object;

interface Row {
  readonly entry: Entry;
  /** What it proves. */
  readonly proves: string;
  /** What breaks it. */
  readonly broken: (draft: Draft) => void;
  /** What then is given: for a statement the counterexample. */
  readonly gives: string;
}

const may = (draft: Draft, role: string, element: string, permissions: readonly string[], facts: object = {}): void => {
  const own = roleOf(draft, role);
  own.grants = [...own.grants.filter((each: Draft) => each.element !== element), grant(element, permissions, facts)];
};
const join = (draft: Draft, role: string, member: unknown): void => void roleOf(draft, role).members.push(member);

const TESTS: readonly Row[] = [
  {
    entry: 'ann unprotects deSSN: null',
    proves: 'a user gets NULL',
    broken: (draft) => void (grantOf(draft, 'analyst', 'deSSN').noAccess = 'protected'),
    gives: 'token',
  },
  {
    entry: 'aude unprotects deSSN: clear',
    proves: 'a user gets clear values',
    broken: (draft) => may(draft, 'auditor', 'deSSN', ['unprotect'], { mask: 'last4' }),
    gives: 'masked: left=0,right=4,mode=clear,char=*',
  },
  {
    entry: 'AUDE may unprotect deSSN: allowed',
    proves: 'names fold as those of requests do',
    broken: (draft) => draft.roles.push({ name: 'other', members: ['AUDE'], grants: [] }),
    gives: 'refused, code 3',
  },
  {
    entry: 'carl unprotects deName: token',
    proves: 'a user keeps the protected value',
    broken: (draft) => void (grantOf(draft, 'contractor', 'deName').noAccess = 'null'),
    gives: 'null',
  },
  {
    entry: 'etl unprotects deSSN: refused',
    proves: 'an unprotect is an error',
    broken: (draft) => void (grantOf(draft, 'loader', 'deSSN').noAccess = 'null'),
    gives: 'null',
  },
  {
    entry: 'etl unprotects deSSN: refused, code 3',
    proves: 'the code of the error: the user is known',
    broken: (draft) => {
      roleOf(draft, 'loader').members = [];
      draft.roles = draft.roles.filter((each: Draft) => each.default !== true);
    },
    gives: 'refused, code 1',
  },
  {
    entry: 'fay sees ************1111 of deCCN',
    proves: 'which characters a mask leaves',
    broken: (draft) => void (draft.masks[0].fromRight = 6),
    gives: 'masked: left=0,right=6,mode=clear,char=*',
  },
  {
    entry: 'fay unprotects deCCN: masked with last4',
    proves: 'the mask by name',
    broken: (draft) => void (grantOf(draft, 'clerk', 'deCCN').mask = 'first6'),
    gives: 'masked: left=6,right=0,mode=clear,char=*',
  },
  {
    entry: 'fay unprotects deCCN: masked',
    proves: 'that there is a mask',
    broken: (draft) => void delete grantOf(draft, 'clerk', 'deCCN').mask,
    gives: 'clear',
  },
  {
    entry: 'ann sees nothing of deSSN',
    proves: 'a user learns nothing, however it is said',
    broken: (draft) => may(draft, 'analyst', 'deSSN', ['unprotect'], { mask: 'last4' }),
    gives: 'masked: left=0,right=4,mode=clear,char=*',
  },
  {
    entry: 'etl protects deSSN: allowed',
    proves: 'a loader may load',
    broken: (draft) => void (grantOf(draft, 'loader', 'deSSN').permissions = ['reprotect']),
    gives: 'refused, code 3',
  },
  {
    entry: 'protect deNote: allowed',
    proves: 'every user may protect, listed or not',
    broken: (draft) => void (roleOf(draft, 'analyst').inheritsDefault = false),
    gives: 'ann: refused, code 3',
  },
  {
    entry: 'reprotect deCity to deHash: refused',
    proves: 'no user may move values, whatever the roles',
    broken: (draft) => {
      draft.elements[6] = { ...draft.elements[4], id: draft.elements[6].id, name: 'deHash' };
      may(draft, 'admin', 'deHash', ['reprotect']);
    },
    gives: 'ada: allowed',
  },
  {
    entry: 'reprotect deSSN to deCCN by etl: refused',
    proves: 'a move that needs a permission on both elements',
    broken: (draft) => {
      may(draft, 'loader', 'deCCN', ['reprotect']);
      draft.elements[1].otherCharacters = 'refuse';
    },
    gives: 'allowed',
  },
  {
    entry: 'etl reprotects deSSN to deDigits: allowed',
    proves: 'a move between elements that show the same',
    broken: (draft) => void (draft.elements[3].fromRight = 4),
    gives: 'refused, code 3',
  },
  {
    entry: 'etl reprotects deSSN@1 to deSSN: allowed',
    proves: 'a column can be moved off an old key',
    broken: (draft) => void (grantOf(draft, 'loader', 'deSSN').permissions = ['protect']),
    gives: 'refused, code 3',
  },
  {
    entry: 'ada protects deSSN@1: refused, code 26',
    proves: 'an old key version is read-only',
    broken: (draft) => void (roleOf(draft, 'admin').members = []),
    gives: 'refused, code 3',
  },
  {
    entry: 'ada reprotects deNote to deCity: allowed',
    proves: 'the users who may see values may move them',
    broken: (draft) => void Object.assign(draft.elements[4], { type: 'binary', shortData: undefined }),
    gives: 'refused, code 26',
  },
  {
    entry: 'anybody else unprotects deCity: null',
    proves: 'what users get whom no role lists',
    broken: (draft) => void (grantOf(draft, 'everyone', 'deCity').permissions = ['unprotect']),
    gives: 'clear',
  },
  {
    entry: { user: 'fay', unprotect: 'deCCN', value: '4111111111111111', gives: '************1111' },
    proves: 'the very text that a user sees, through the engine',
    broken: (draft) => void (draft.masks[0].character = '#'),
    gives: 'masked: left=0,right=4,mode=clear,char=# "############1111"',
  },
  {
    entry: { user: 'aude', unprotect: 'deName', value: 'Zoë Müller', gives: 'Zoë Müller' },
    proves: 'a value comes back as it was',
    broken: (draft) => {
      draft.alphabets = [{ name: 'ascii', ranges: ['0041-005A', '0061-007A'] }];
      draft.elements[2] = { ...draft.elements[2], type: 'unicode', alphabet: 'ascii', shortData: 'error' };
    },
    gives: 'a value that cannot be protected',
  },
  {
    entry: { user: 'aude', unprotect: 'deSSN@1', value: '944-07-4214', gives: '944-07-4214' },
    proves: 'a token of an old key comes back',
    broken: (draft) => may(draft, 'auditor', 'deSSN', []),
    gives: 'null',
  },
  {
    entry: { user: 'carl', unprotect: 'deName', value: 'Zoë', gives: 'token' },
    proves: 'the token stays the token',
    broken: (draft) => may(draft, 'contractor', 'deName', ['unprotect']),
    gives: 'clear "Zoë"',
  },
  {
    entry: { user: 'etl', protect: 'deSSN', value: '12A', gives: 'refused', code: 44 },
    proves: 'a bad value is refused, by its code',
    broken: (draft) => may(draft, 'loader', 'deSSN', []),
    gives: 'refused, code 3',
  },
  {
    entry: { user: 'etl', protect: 'deSSN', value: '944-07-4214', gives: 'token' },
    proves: 'a good value is protected',
    broken: (draft) => {
      draft.elements[0] = {
        ...draft.elements[0],
        type: 'printable',
        otherCharacters: undefined,
        shortData: 'as-is',
        minLength: 20,
      };
    },
    gives: 'clear',
  },
  {
    entry: { user: 'etl', reprotect: 'deSSN', to: 'deDigits', value: '944-07-4214', gives: 'token' },
    proves: 'the new element takes the values of the old one',
    broken: (draft) => void (draft.elements[3].minLength = 12),
    gives: 'refused, code 22',
  },
];

const STATEMENTS: readonly Row[] = [
  {
    entry: 'nobody but ada and aude sees deSSN in clear',
    proves: 'who reads a column, by name',
    broken: (draft) => join(draft, 'auditor', 'eve'),
    gives: 'eve may see deSSN in clear',
  },
  {
    entry: 'nobody but role admin, aude or group payroll sees deName in clear',
    proves: 'who reads a column, by role and group',
    broken: (draft) => join(draft, 'payer', { group: 'finance' }),
    gives: 'fay may see deName in clear',
  },
  {
    entry: 'nobody but role admin or group finance sees anything of deCCN',
    proves: 'who sees so much as a mask',
    broken: (draft) => may(draft, 'everyone', 'deCCN', ['unprotect'], { mask: 'last4' }),
    gives: 'aude may see anything of deCCN',
  },
  {
    entry: { nobody: { unprotect: 'deSSN@1' }, but: ['ada', 'aude'] },
    proves: 'old key versions count',
    broken: (draft) => may(draft, 'analyst', 'deSSN', ['unprotect'], { mask: 'last4' }),
    gives: 'ann may unprotect deSSN@1',
  },
  {
    entry: 'only role admin and role loader may reprotect any element',
    proves: 'one role moves values',
    broken: (draft) => may(draft, 'clerk', 'deCity', ['reprotect']),
    gives: 'fay may reprotect deCity',
  },
  {
    entry: 'only role admin or role loader protects deS*, deC*',
    proves: 'elements by pattern',
    broken: (draft) => may(draft, 'everyone', 'deCity', ['protect']),
    gives: 'aude may protect deCity',
  },
  {
    entry: 'everybody who unprotects deCCN is in group finance or role admin',
    proves: 'readers are members of a group',
    broken: (draft) => join(draft, 'clerk', 'ann'),
    gives: 'ann may unprotect deCCN',
  },
  {
    entry: 'no user may both protect and unprotect deCCN, except ada',
    proves: 'separation of duties over an element',
    broken: (draft) => join(draft, 'loader', 'fay'),
    gives: 'fay may protect deCCN and unprotect deCCN',
  },
  {
    entry: 'nobody but ada may both protect and see deSSN, deName and deCity in clear',
    proves: 'who writes a column does not read it',
    broken: (draft) => may(draft, 'analyst', 'deCity', ['protect', 'unprotect']),
    gives: 'ann may protect deCity and see deCity in clear',
  },
  {
    entry: 'nobody but ada sees both deSSN and deCity in clear',
    proves: 'no user can join two columns',
    broken: (draft) => join(draft, 'analyst', 'aude'),
    gives: 'aude may see deSSN in clear and see deCity in clear',
  },
  {
    entry: 'nobody but ada may both unprotect deCCN and reprotect deSSN',
    proves: 'separation of duties across elements',
    broken: (draft) => join(draft, 'loader', 'pia'),
    gives: 'pia may unprotect deCCN and reprotect deSSN',
  },
  {
    entry: 'anybody else may do nothing with deSSN, deCCN, deName',
    proves: 'users whom no role lists are kept out',
    broken: (draft) => may(draft, 'everyone', 'deName', ['unprotect']),
    gives: 'anybody else may unprotect deName',
  },
  {
    entry: 'user eve may not do anything with deS*',
    proves: 'a user who has left may do nothing',
    broken: (draft) => join(draft, 'loader', 'eve'),
    gives: 'eve may protect deSSN',
  },
  {
    entry: 'group contractors may not unprotect de*e',
    proves: 'a group is kept out of columns',
    broken: (draft) => join(draft, 'payer', 'carl'),
    gives: 'carl may unprotect deName',
  },
  {
    entry: 'fay does not see deCCN in clear',
    proves: 'a user sees a mask at most',
    broken: (draft) => join(draft, 'admin', { group: 'finance' }),
    gives: 'fay may see deCCN in clear',
  },
  {
    entry: 'etl and group contractors see nothing of deSSN, deCCN or deNote',
    proves: 'several users at once',
    broken: (draft) => may(draft, 'loader', 'deNote', ['unprotect']),
    gives: 'etl may see anything of deNote',
  },
  {
    entry: 'role loader may protect every element',
    proves: 'a role is complete: a new element is not forgotten',
    broken: (draft) => {
      draft.elements.push({ ...draft.elements[4], id: '00000000-0000-4000-8000-000000000009', name: 'deNew' });
    },
    gives: 'etl may not protect deNew',
  },
  {
    entry: 'ada may unprotect every element',
    proves: 'a user can read all that can be read',
    broken: (draft) => may(draft, 'admin', 'deNote', ['protect']),
    gives: 'ada may not unprotect deNote',
  },
  {
    entry: 'everybody may protect deNote',
    proves: 'something that is open to all',
    broken: (draft) => may(draft, 'loader', 'deNote', []),
    gives: 'etl may not protect deNote',
  },
  {
    entry: 'everybody but group contractors may protect deNote',
    proves: 'something that is open to most',
    broken: (draft) => void (roleOf(draft, 'everyone').grants = []),
    gives: 'aude may not protect deNote',
  },
  {
    entry: 'every element has somebody who may unprotect it',
    proves: 'no column is lost',
    broken: (draft) => may(draft, 'admin', 'deDigits', ['protect']),
    gives: 'no user may unprotect deDigits',
  },
  {
    entry: 'somebody may unprotect deSSN@1',
    proves: 'an old column is not lost',
    broken: (draft) => {
      may(draft, 'admin', 'deSSN', ['protect']);
      roleOf(draft, 'auditor').members = [];
    },
    gives: 'no user may unprotect deSSN@1',
  },
  {
    entry: 'at least 2 users may unprotect deSSN and deName',
    proves: 'there is a stand-in',
    broken: (draft) => may(draft, 'auditor', 'deSSN', []),
    gives: 'ada may unprotect deSSN',
  },
  {
    entry: 'at most 3 users see deSSN in clear',
    proves: 'few users read a column',
    broken: (draft) => roleOf(draft, 'auditor').members.push('eve', 'eric'),
    gives: 'ada, aude, eve, 1 more may see deSSN in clear',
  },
  {
    entry: 'at most 1 user may both unprotect and reprotect deSSN, deCCN, deName, deDigits',
    proves: 'few users have two rights at once',
    broken: (draft) => may(draft, 'auditor', 'deName', ['unprotect', 'reprotect']),
    gives: 'ada, aude may unprotect deName and reprotect deName',
  },
  {
    entry: 'at most 1 user may unprotect deNote',
    proves: 'a default role counts as users without number',
    broken: (draft) => may(draft, 'everyone', 'deNote', ['unprotect']),
    gives: 'ada, aude, ann, 3 more, anybody else may unprotect deNote',
  },
  {
    entry: 'every grant of role clerk is masked or null',
    proves: 'a role shows no clear value',
    broken: (draft) => may(draft, 'clerk', 'deCity', ['unprotect']),
    gives: 'the grant of role clerk for deCity is clear',
  },
  {
    entry: 'no grant of role contractor is clear or masked',
    proves: 'a role shows nothing',
    broken: (draft) => may(draft, 'contractor', 'deCity', ['unprotect'], { mask: 'first6' }),
    gives: 'the grant of role contractor for deCity is masked: left=6,right=0,mode=clear,char=*',
  },
  {
    entry: { grantsOf: ['analyst', 'clerk', 'auditor'], neverGive: ['refused', 'token'] },
    proves: 'several roles get NULL where they may not read',
    broken: (draft) => void (grantOf(draft, 'clerk', 'deSSN').noAccess = 'exception'),
    gives: 'the grant of role clerk for deSSN is refused, code 3',
  },
  {
    entry: 'no path of reprotects by anybody but ada shows deSSN to ann',
    proves: 'no users together bring a column to a user',
    broken: (draft) => may(draft, 'analyst', 'deDigits', ['unprotect']),
    gives: 'etl may reprotect deSSN to deDigits, ann may see deDigits in clear',
  },
  {
    entry: 'no path of reprotects by etl shows anything of deSSN to anybody but role admin or aude',
    proves: 'one user brings a column to no other user, not even masked',
    broken: (draft) => {
      may(draft, 'clerk', 'deCCN', ['unprotect'], { mask: 'last4' });
      may(draft, 'loader', 'deCCN', ['reprotect']);
      draft.elements[1].otherCharacters = 'refuse';
    },
    gives: 'etl may reprotect deSSN to deCCN, fay may see anything of deCCN',
  },
  {
    entry: 'no path of reprotects shows deCCN to group contractors',
    proves: 'moves of several steps, by several users',
    broken: (draft) => {
      roleOf(draft, 'admin').members = [];
      for (const name of ['deCCN', 'deDigits']) may(draft, 'clerk', name, ['reprotect']);
      draft.elements[1].otherCharacters = 'refuse';
      may(draft, 'contractor', 'deSSN', ['unprotect']);
    },
    gives: 'fay may reprotect deCCN to deDigits, etl may reprotect deDigits to deSSN, carl may see deSSN in clear',
  },
];

const ROWS = [
  ...TESTS.map((row) => ({ ...row, kind: 'tests' })),
  ...STATEMENTS.map((row) => ({ ...row, kind: 'statements' })),
];

describe('the table of tests and statements', () => {
  test('has more than 40 rows, and no entry twice', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(ROWS.map(({ entry }) => JSON.stringify(entry))).size).toBe(ROWS.length);
  });

  test.each(ROWS)('$kind: $entry proves: $proves', async ({ entry, kind }) => {
    expect(await runOn(testedPolicy(), { [kind]: [entry] })).toEqual([
      expect.not.objectContaining({ failure: expect.anything() }),
    ]);
  });

  test('has no row for the empty text, which fits every mask and says nothing: such a test fails', async () => {
    const [result] = await runOn(testedPolicy(), { tests: [{ user: 'fay', unprotect: 'deCCN', gives: '' }] });
    expect(result?.failure?.expected).toBe('""');
  });

  test.each(ROWS)('$kind: $entry is broken by a policy, and says how', async ({ entry, kind, broken, gives }) => {
    const draft = testedPolicy();
    broken(draft);
    const [result] = await runOn(draft, { [kind]: [entry] });
    expect(result?.failure).toMatchObject({ gives });
  });
});

// Names that Unicode's case mappings make equal, at every door where a name is looked up: K (U+212A, the Kelvin sign)
// is lower-cased to k, and ſ (U+017F) is upper-cased to S.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { redshiftFunctions, warehouseName } from '../../../lib/local/redshift-sql.ts';
import { explain } from '../../../lib/policy/explain.ts';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { NameDirectory } from '../../../lib/policy/names.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { readGatewayRequest } from '../../../lib/wire/gateway.ts';
import { redshiftTarget } from '../../../lib/wire/redshift.ts';
import { ruleTarget, snowflakeRules } from '../../../lib/wire/snowflake/headers.ts';
import { refusalOf } from '../../support/alphabet-methods.ts';
import { KEYRING } from '../../support/policy.ts';

const KELVIN = '\u212a';
const LONG_S = '\u017f';
const DOTTED_I = '\u0130';

const element = (n: number, name: string) => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  name,
  method: 'tokenization',
  type: 'numeric',
  shortData: 'error',
});
const role = (name: string, member: string, of: string) => ({
  name,
  members: [member],
  grants: [{ element: of, permissions: ['protect'] }],
});

/** A policy with one element, user and mapped function, and lookalikes of them. */
const POLICY = parsePolicy({
  name: 'P',
  dataStore: 'D',
  masks: [
    { name: 'kept', fromLeft: 1, fromRight: 1, mode: 'clear' },
    { name: `${KELVIN}ept`, fromLeft: 2, fromRight: 2, mode: 'clear' },
  ],
  elements: [element(1, 'deTask'), element(2, 'deKey'), element(3, `de${KELVIN}ey`)],
  groups: [
    { name: 'kin', members: ['kit'] },
    { name: `${KELVIN}in`, members: [`${KELVIN}it`] },
  ],
  roles: [
    { ...role('clerk', 'kelvin', 'deTask'), inheritsDefault: false },
    { ...role(`cler${KELVIN}`, 'admins', 'deKey'), inheritsDefault: false },
  ],
});
const MAPPING = { 'hr.task': { Operation: 'protect' as const, Element: 'deTask' } };
const compiled = compilePolicy(
  { version: '1', content: { policy: POLICY, mapping: MAPPING, keyring: KEYRING } },
  randomBytes,
);

const decide = (user: string) => compiled.decider.decide({ user, operation: 'Protect', element: 'deTask' }, 0);
const explained = (user: string) => explain(POLICY, user, 'deTask', 0).roles.map(({ because }) => because);
const targetOf = (external_function: string) => redshiftTarget({ external_function }, compiled);

function ruleOf(op_type: string, data_element: string) {
  const rules = JSON.stringify({ jsonpaths: [{ op_type, data_element }] });
  return ruleTarget(
    snowflakeRules((name) => (name === 'sf-custom-x-protegrity-hcop-rules' ? rules : undefined))[0]!,
    compiled,
  );
}

/** Lints users of one role for spellings of one name. */
function lintUsers(...members: string[]) {
  const roles = [{ ...role('r', 'x', 'deTask'), members }];
  const policy = parsePolicy({ name: 'P', dataStore: 'D', elements: [element(1, 'deTask')], roles });
  return lintPolicy(policy, 0).filter(({ rule }) => rule === 'users-fold-to-one');
}

describe('a name that differs by more than the case of ASCII letters is another one:', () => {
  test.each([
    ['kelvin', `${KELVIN}elvin`],
    ['kelvin', `${KELVIN}ELVIN`],
    ['sam', `${LONG_S}am`],
    ['SAM', `${LONG_S}am`],
    [`${DOTTED_I}van`, 'i̇van'],
    ['straße', 'STRASSE'],
    ['Å', '\u212b'],
    ['émile', 'ÉMILE'],
  ])('%s and %s', (known, asked) => {
    const directory = new NameDirectory([[known, 1]]);
    expect(directory.resolve(asked)).toEqual({ kind: 'unknown' });
    expect(new NameDirectory([[asked, 1]]).resolve(known)).toEqual({ kind: 'unknown' });
  });

  test('a user', () => {
    expect(decide('KELVIN')).toMatchObject({ kind: 'allow' });
    expect(decide(`${KELVIN}ELVIN`)).toMatchObject({ kind: 'refuse', code: 1 });
  });

  test('a user whose permissions are explained', () => {
    expect(explained('KELVIN')).toEqual(['a member']);
    expect(explained(`${KELVIN}ELVIN`)).toEqual([]);
  });

  test('the member of a group that a default role does not name', () => {
    const document = {
      name: 'P',
      dataStore: 'D',
      elements: [element(1, 'deTask')],
      groups: [
        { name: 'first', members: [`${KELVIN}im`] },
        { name: 'second', members: ['kim'] },
      ],
      roles: [{ ...role('r', 'x', 'deTask'), members: [{ group: 'first' }, { group: 'second' }] }],
    };
    expect(explain(parsePolicy(document), 'KIM', 'deTask', 0).roles).toMatchObject([
      { because: 'through group second' },
    ]);
  });

  test('an element of a Redshift function', () => {
    expect(targetOf('pty_protect_DETASK')).toMatchObject({ element: 'deTask' });
    expect(targetOf(`pty_protect_deTas${KELVIN}`)).toMatchObject({ element: `deTas${KELVIN}` });
    expect(targetOf(`pty_protect_DE${KELVIN}EY`)).toMatchObject({ element: `de${KELVIN}ey` });
    expect(targetOf('pty_protect_DEKEY')).toMatchObject({ element: 'deKey' });
  });

  test('the operation of a Redshift function', () => {
    expect(refusalOf(() => redshiftTarget({ external_function: `pty_chec${KELVIN}_deTask` }, compiled))).toMatchObject({
      code: 'FUNCTION_UNKNOWN',
    });
  });

  test('a mapped function', () => {
    expect(targetOf('HR.TASK')).toMatchObject({ element: 'deTask' });
    expect(refusalOf(() => targetOf(`hr.tas${KELVIN}`))).toMatchObject({ code: 'FUNCTION_UNKNOWN' });
    expect(warehouseName('TASK', compiled)).toBe('hr.task');
    expect(warehouseName(`tas${KELVIN}`, compiled)).toBe(`public.tas${KELVIN}`);
  });

  test('operation and element of a Snowflake function', () => {
    expect(ruleOf('Check', 'DETASK')).toMatchObject({ operation: 'Check', element: 'deTask' });
    expect(ruleOf('check', `deTas${KELVIN}`)).toMatchObject({ element: `deTas${KELVIN}` });
    expect(refusalOf(() => ruleOf(`CHEC${KELVIN}`, 'deTask'))).toMatchObject({ code: 'RULES_MALFORMED' });
  });

  test('a header', () => {
    const { header, headerValues } = readGatewayRequest({
      headers: { [`X-To${KELVIN}en`]: 'other', 'X-TOKEN': 'own' },
    });
    expect([header('x-token'), header(`x-to${KELVIN}en`), header('X-Token')]).toEqual(['own', 'other', 'own']);
    expect(headerValues('x-token')).toEqual(['own']);
  });

  test('an element, mask, group or role of a policy, none of which is refused as a repetition', () => {
    expect(POLICY.elements.map(({ name }) => name)).toEqual(['deTask', 'deKey', `de${KELVIN}ey`]);
    expect([POLICY.masks, POLICY.groups, POLICY.roles].map(({ length }) => length)).toEqual([2, 2, 2]);
  });

  test('the name of an old key version, and an element', () => {
    const rotated = { ...element(1, 'deKey'), keyVersion: 2, oldKeyVersions: [1] };
    const elements = [rotated, element(2, `de${KELVIN}ey_v1`)];
    expect(parsePolicy({ name: 'P', dataStore: 'D', elements, roles: [] }).elements).toHaveLength(2);
  });

  test('a user that lint would say is spelled in two ways', () => {
    expect(lintUsers('kim', 'KIM')).toHaveLength(1);
    expect(lintUsers('kim', `${KELVIN}im`)).toEqual([]);
  });

  test('a function and a masking policy of a Redshift script', () => {
    const { statements } = redshiftScript(POLICY, {}, { lambda: 'f:live' });
    const made = (what: string) =>
      statements.flatMap(({ sql }) => (sql.startsWith(what) ? [sql.slice(what.length).split(/[ (]/)[0]!] : []));
    const functions = made('create or replace external function ');
    expect(functions).toContain('pty_protect_dekey');
    expect(new Set(functions).size).toBe(functions.length);
    const masks = made('create masking policy ');
    expect(masks).toContain('protector_dekey');
    expect(new Set(masks).size).toBe(3);
  });

  test('a function of local SQL', () => {
    const names = redshiftFunctions(compiled, '').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['pty_protect_deKey', `pty_protect_de${KELVIN}ey`]));
  });
});

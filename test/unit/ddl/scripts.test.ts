import { describe, expect, test } from '@jest/globals';
import { elementsByName } from '../../../lib/policy/key-versions.ts';
import { NameDirectory } from '../../../lib/policy/names.ts';
import { describeTarget, sameTarget, warehouseFunctions } from '../../../lib/ddl/functions.ts';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { parseName, renderScript, type Script } from '../../../lib/ddl/script.ts';
import { snowflakeScript } from '../../../lib/ddl/snowflake.ts';
import { redshiftTarget } from '../../../lib/wire/redshift.ts';
import { ruleTarget, snowflakeRules } from '../../../lib/wire/snowflake/headers.ts';
import { awkwardRedshift, awkwardSnowflake, ROLE } from '../../support/awkward-ddl.ts';
import { AWKWARD_MAPPING, AWKWARD_POLICY } from '../../support/awkward-policy.ts';
import type { CompiledPolicy } from '../../../lib/protect/compile.ts';

const MOVES = [
  { from: 'deSSN', to: 'de SSN' },
  { from: 'a', to: 'b__to__c' },
  { from: 'a__to__b', to: 'c' },
];
const FUNCTIONS = warehouseFunctions(AWKWARD_POLICY, AWKWARD_MAPPING, MOVES);
const NAMES = {
  elements: new NameDirectory(elementsByName(AWKWARD_POLICY.elements)),
  mapping: new NameDirectory(Object.entries(AWKWARD_MAPPING)),
};

const statements = ({ statements: all }: Script, begins: string): string[] =>
  all.map(({ sql }) => sql).filter((sql) => sql.startsWith(begins));

/**
 * Returns the name that a statement creates, as the warehouse stores it: last part, unquoted, in lower case on
 * Redshift.
 */
function madeBy(sql: string, begins: string): string {
  const [, quoted, plain] = /^(?:(?:"(?:[^"]|"")*"|\w+)\.)*(?:"((?:[^"]|"")*)"|(\w+))\(/.exec(
    sql.slice(begins.length),
  )!;
  return quoted?.replaceAll('""', '"') ?? plain!;
}

/** Lists the elements that have a function for an operation. */
const elementsOf = (operation: string): Set<string> =>
  new Set(FUNCTIONS.filter(({ target }) => target.operation === operation).map(({ target }) => target.element));

const rolesOf = (operation: string, element: string): readonly string[] | undefined =>
  FUNCTIONS.find(({ target }) => target.operation === operation && target.element === element)?.roles;

/** Decodes a literal of Snowflake ("String & binary data types": escape sequences). */
const literal = (written: string): string => written.replaceAll("''", "'").replaceAll('\\\\', '\\');

describe('the functions of a policy', () => {
  test('protect every element, and unprotect every element but digests', () => {
    const all = AWKWARD_POLICY.elements.map(({ name }) => name);
    expect(elementsOf('Protect')).toEqual(new Set(all));
    const old = ['deRotated@1', 'deRotated@2', 'de Rotated@1'];
    expect(elementsOf('Unprotect')).toEqual(new Set([...all.filter((name) => name !== 'deHash'), ...old]));
  });

  test('check every element for what protect would refuse, for the roles that may protect, and no old key version', () => {
    expect(elementsOf('Check')).toEqual(elementsOf('Protect'));
    for (const element of elementsOf('Check')) expect(rolesOf('Check', element)).toEqual(rolesOf('Protect', element));
  });

  test('reprotect old key versions, the moves of mapping.json, and the requested moves', () => {
    const moves = FUNCTIONS.filter(({ target }) => target.operation === 'Reprotect').map(({ target }) =>
      describeTarget(target),
    );
    expect(new Set(moves)).toEqual(
      new Set([
        'reprotect deSSN to de SSN, with an external IV',
        'reprotect deRotated@1 to deRotated',
        'reprotect deRotated@2 to deRotated',
        'reprotect de Rotated@1 to de Rotated',
        'reprotect deSSN to de SSN',
        'reprotect a to b__to__c',
        'reprotect a__to__b to c',
      ]),
    );
  });

  test('reprotect, if all moves are requested, between elements of one kind only', () => {
    const moves = warehouseFunctions(AWKWARD_POLICY, {}, 'all').filter(
      ({ target }) => target.operation === 'Reprotect',
    );
    expect(moves.length).toBeGreaterThan(400);
    for (const { from, to } of moves) expect(from.type).toBe(to.type);
    expect(moves.some(({ from }) => ['deNote', 'deHash', 'deClear', 'deSmall'].includes(from.name))).toBe(false);
  });

  test.each([
    ['no element', { from: 'deSSN', to: 'deNobody' }],
    ['a digest', { from: 'deSSN', to: 'deHash' }],
    ['out of protection', { from: 'deSSN', to: 'deClear' }],
    ['to an old key', { from: 'deSSN', to: 'deRotated@1' }],
    ['from a number to bytes that no role may reprotect', { from: 'deSSN', to: 'deWatched' }],
  ])('refuse a move: %s', (_, move) => {
    expect(() => warehouseFunctions(AWKWARD_POLICY, {}, [move])).toThrow(
      expect.objectContaining({ code: 'DDL_IMPOSSIBLE' }),
    );
  });

  test('refuse a move that no role may make', () => {
    const policy = { ...AWKWARD_POLICY, roles: AWKWARD_POLICY.roles.slice(1) };
    const [move] = MOVES;
    expect(() => warehouseFunctions(policy, {}, [move!])).toThrow(expect.objectContaining({ code: 'DDL_IMPOSSIBLE' }));
  });

  test('can be called only by roles that get an answer, NULL and the protected value included', () => {
    expect(rolesOf('Protect', 'deSSN')).toEqual(['data owners "EU"']);
    // auditors get the protected value; all others get an error, and need not call the function.
    expect(rolesOf('Unprotect', 'deSSN')).toEqual(['data owners "EU"', "reader's", 'auditors']);
    expect(rolesOf('Unprotect', 'deBig')).toEqual(['data owners "EU"', "reader's"]);
    expect(rolesOf('Unprotect', 'deRotated@1')).toEqual(['data owners "EU"', "reader's"]);
    expect(rolesOf('Reprotect', 'deRotated')).toEqual(['data owners "EU"']);
    expect(rolesOf('Unprotect', 'deWatched')).toHaveLength(5);
    // The default role's grant applies to guests too, but not to auditors, who inherit nothing.
    expect(rolesOf('Unprotect', 'deClear')).toEqual(['data owners "EU"', "reader's", 'everybody', 'guests']);
  });
});

describe('the script for Amazon Redshift', () => {
  const BEGINS = 'create or replace external function ';
  const script = awkwardRedshift();
  const made = statements(script, BEGINS);

  test('names each function so that the handler reads its target back, once mapping.json is complete', () => {
    const mapping = new NameDirectory(Object.entries({ ...AWKWARD_MAPPING, ...script.mapping }));
    const meant = made.map((sql) => {
      const schema = sql.startsWith(`${BEGINS}"hr"`) ? 'hr' : 'odd schema';
      const event = { external_function: `${schema}.${madeBy(sql, BEGINS).toLowerCase()}` };
      return describeTarget(redshiftTarget(event, { ...NAMES, mapping }));
    });
    expect(meant).toEqual(FUNCTIONS.map(({ target }) => describeTarget(target)));
    expect(new Set(made.map((sql) => sql.slice(0, sql.indexOf('('))))).toHaveProperty('size', FUNCTIONS.length);
  });

  test('asks for mapping.json entries only for elements that no function name can express', () => {
    const elements = new Set(Object.values(script.mapping).map(({ Element }) => Element));
    expect(elements).toContain('de SSN');
    expect(elements).toContain('東京');
    // The name is taken: in mapping.json pty_protect_c protects a.
    expect(script.mapping).toMatchObject({
      pty_protect_00000000000040008000000000000022: { Operation: 'protect', Element: 'c' },
    });
    for (const plain of ['deSSN', 'select', '1st', 'deNote', 'deRotated']) expect(elements).not.toContain(plain);
    expect(renderScript(script)).toContain(`-- ${JSON.stringify(script.mapping, null, 2).split('\n')[1]}`);
  });

  test('sets role, alias, volatility and types, and limits only where replies could be too long', () => {
    expect(made).toContain(`create or replace external function "odd schema".pty_protect_dessn(varchar(max))
  returns varchar(max) stable
  lambda 'protector-redshift:Production'
  iam_role '${ROLE}'`);
    const note = made.find((sql) => sql.includes('pty_protect_denote('))!;
    expect(note).toMatch(/volatile[^]*max_batch_rows \d+\n {2}max_batch_size \d+ kb$/);
    const types = (element: string) =>
      /\((.+)\)\n {2}returns (\S+)/.exec(made.find((sql) => sql.includes(`pty_protect_${element}(`))!)!.slice(1);
    expect(made.find((sql) => sql.includes('pty_check_denote('))).toContain('returns varchar(max) stable');
    const check = made.find((sql) => sql.includes('pty_check_desmall('))!;
    expect(check).toMatch(/\(varchar\(max\)\)\n {2}returns varchar\(max\) stable[^]*max_batch_rows \d+$/);
    expect(types('desmall')).toEqual(['smallint', 'smallint']);
    expect(types('deint')).toEqual(['integer', 'integer']);
    expect(types('debig')).toEqual(['varchar(max)', 'varchar(max)']);
    expect(statements(awkwardRedshift({ role: undefined }), BEGINS)[0]).toContain('iam_role default');
  });

  test('revokes each function from PUBLIC at once, and grants it to the roles that may call it', () => {
    const all = script.statements.map(({ sql }) => sql);
    for (const [i, sql] of all.entries()) {
      if (!sql.startsWith(BEGINS)) continue;
      const name = sql.slice(BEGINS.length, sql.indexOf(')') + 1).replace('(max', '');
      expect(all[i + 1]).toMatch(/^revoke execute on function .+ from public$/);
      expect(all[i + 1]).toContain(name.replace('))', ')'));
    }
    expect(all.filter((sql) => /\bto public\b/.test(sql))).toEqual([]);
    const granted = statements(script, 'grant execute on function "odd schema".pty_unprotect_dessn(varchar)');
    expect(granted.map((sql) => sql.slice(sql.indexOf(' to role ')))).toEqual([
      ' to role "protector_data owners ""EU"""',
      ` to role "protector_reader's"`,
      ' to role protector_auditors',
    ]);
  });

  test('attaches masking policies and creates views for the roles that may call their functions', () => {
    expect(statements(script, 'attach masking policy')).toContain(
      `attach masking policy protector_dessn\n  on hr.people(ssn) to role protector_auditors priority 10`,
    );
    expect(statements(script, 'create or replace view')).toEqual([
      `create or replace view hr.people_clear as
select id,
  "odd schema".pty_unprotect_dessn(tax) as tax,
  "odd schema"."select"("two  blanks") as "two  blanks",
  "odd schema".pty_unprotect_deint(n) as n
from hr.people`,
    ]);
    expect(statements(script, 'grant select')).toHaveLength(2);
  });

  test('is identical for equal policies', () => {
    expect(renderScript(awkwardRedshift())).toBe(renderScript(script));
  });
});

describe('the script for Snowflake', () => {
  const BEGINS = 'create or replace secure external function ';
  const script = awkwardSnowflake();
  const made = statements(script, BEGINS);

  test('writes headers, in ASCII without two blanks in a row, that the handler reads back as the target', () => {
    const meant = made.map((sql) => {
      const header = literal(/headers = \('X-Protegrity-HCoP-Rules' = '(.*)'\)\n/.exec(sql)![1]!);
      expect(header).toMatch(/^[\x20-\x7e]+$/);
      expect(header).not.toContain('  ');
      const [rule] = snowflakeRules((name) => (name === 'sf-custom-x-protegrity-hcop-rules' ? header : undefined));
      return ruleTarget(rule!, NAMES as unknown as CompiledPolicy);
    });
    for (const [i, { target }] of FUNCTIONS.entries()) {
      const { oldElement, ...rest } = meant[i]!;
      expect(sameTarget({ ...rest, oldElement }, target)).toBe(true);
    }
    expect(meant.length).toBe(FUNCTIONS.length);
  });

  test('gives each function a name of its own', () => {
    const names = made.map((sql) => madeBy(sql, BEGINS));
    const stored = made.map((sql, i) =>
      sql.slice(BEGINS.length).includes(`"${names[i]!.replaceAll('"', '""')}"(`) ? names[i] : names[i]!.toUpperCase(),
    );
    expect(new Set(stored).size).toBe(FUNCTIONS.length);
    expect(names).toEqual(expect.arrayContaining(['pty_reprotect_a__to__b__to__c', 'pty_reprotect_a__to__b__to__c_2']));
  });

  test('makes secure functions in the documented form', () => {
    expect(made).toContain(`create or replace secure external function db."odd schema".pty_protect_deSSN(val varchar)
  returns varchar null immutable
  comment = 'protect deSSN'
  api_integration = protector
  headers = ('X-Protegrity-HCoP-Rules' = '{"jsonpaths":[{"op_type":"PROTECT","data_element":"deSSN"}]}')
  context_headers = (current_user, current_timestamp, current_account)
  as 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/snowflake'`);
    expect(made.find((sql) => sql.includes('pty_protect_deNote('))).toContain('returns varchar null volatile');
    expect(made.find((sql) => sql.includes('pty_protect_deBig('))).toContain('(val number)\n  returns number null');
    expect(made.find((sql) => sql.includes('pty_check_deBig('))).toContain(
      '(val varchar)\n  returns varchar null immutable',
    );
  });

  test('masks for roles by the names that Snowflake stores, and shows all others the stored value', () => {
    const bodies = statements(script, 'alter masking policy');
    expect(bodies.find((sql) => sql.includes('protector_deSSN set body'))).toContain(`case
    when is_role_in_session('protector_data owners "EU"')
      or is_role_in_session('protector_reader''s')
      or is_role_in_session('PROTECTOR_AUDITORS')
    then db."odd schema".pty_unprotect_deSSN(val)
    else val
  end`);
    expect(statements(script, 'alter table')[1]).toBe(
      `alter table "my db"."a.b"."T""x" modify column "c o l"\n  set masking policy db."odd schema"."protector_d'or"`,
    );
  });

  test.each([
    ['https://abc.execute-api.eu-west-1.amazonaws.com/prod/snowflake', 'aws_api_gateway'],
    ['https://abc-vpce-0123.execute-api.eu-west-1.amazonaws.com/prod/x', 'aws_private_api_gateway'],
    ['https://abc.execute-api.us-gov-west-1.amazonaws.com/prod/x', 'aws_gov_api_gateway'],
    ['https://abc-vpce-0123.execute-api.us-gov-west-1.amazonaws.com/prod/x', 'aws_gov_private_api_gateway'],
  ])('names the API provider of %s: %s', (url, provider) => {
    const [made1] = statements(awkwardSnowflake({ url }), 'create api integration');
    expect(made1).toContain(`api_provider = ${provider}\n`);
    expect(made1).toContain(`api_allowed_prefixes = ('${url}')`);
  });

  test('prints the trust policy, for one Snowflake user and one external id', () => {
    const head = script.head.join('\n');
    const document: unknown = JSON.parse(head.slice(head.indexOf('{\n'), head.lastIndexOf('}') + 1));
    expect(document).toMatchObject({
      Statement: [
        {
          Principal: { AWS: '<API_AWS_IAM_USER_ARN>' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': '<API_AWS_EXTERNAL_ID>' } },
        },
      ],
    });
  });
});

describe('either script', () => {
  const scripts: [string, Script][] = [
    ['Redshift', awkwardRedshift()],
    ['Snowflake', awkwardSnowflake()],
  ];

  test.each(scripts)('%s keeps every name of the policy within its comment', (_, script) => {
    const lines = renderScript({
      ...script,
      statements: script.statements.map(({ comment }) => ({ comment: comment ?? 'x', sql: 'select 1' })),
    });
    for (const line of lines.split('\n')) expect(line).toMatch(/^(?:-- .*|--|select 1;|)$/);
    expect(lines).not.toMatch(/[\r\u2028\u2029]/);
  });

  test.each([
    ['a role with an unprintable name', { roles: [{ ...AWKWARD_POLICY.roles[0]!, name: 'a\nb' }] }],
    [
      'a role whose name is too long for an identifier',
      { roles: [{ ...AWKWARD_POLICY.roles[0]!, name: '東'.repeat(55).repeat(2) }] },
    ],
  ])('refuses %s, with the reason', (_, change) => {
    const policy = { ...AWKWARD_POLICY, ...change };
    const impossible = expect.objectContaining({ code: 'DDL_IMPOSSIBLE' });
    expect(() => redshiftScript(policy, {}, { lambda: 'f:Production' })).toThrow(impossible);
    const snowflake = { url: 'u', role: 'r', integration: parseName('p', 1, 1) };
    expect(() => snowflakeScript(policy, {}, snowflake)).toThrow(impossible);
  });
});

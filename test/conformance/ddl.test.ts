// Parses the output of `protector ddl`, the scripts of the examples and the SQL of the documents by independent grammars of the dialects: sqlfluff and sqlglot, Python libraries
// that are not part of this repository. CI installs them and sets `SQL_PYTHON` to a Python that has both; elsewhere the
// check is skipped, and listed as skipped.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, jest, test } from '@jest/globals';
import { renderScript, type Script } from '../../lib/ddl/script.ts';
import { blocksOf, pagesInOrder, ROOT } from '../documents/pages.ts';
import { awkwardRedshift, awkwardSnowflake } from '../support/awkward-ddl.ts';

const { SQL_PYTHON: python, CI } = process.env;

jest.setTimeout(300_000);

/** SQL that the grammars must reject: otherwise they prove nothing. */
const WRONG = {
  redshift: [
    "create or replace external function f(varchar(max)) returns varchar(max) stable lambda 'f' iam_role",
    "create or replace external function f(varchar(max)) returns varchar(max) steady lambda 'f' iam_role default",
    "create or replace external function f(varchar(max)) returns varchar stable lambda 'f' iam_role default max_batch_rows many",
    "create or replace external function f-g(varchar(max)) returns varchar stable lambda 'f' iam_role default",
    'create masking policy p if not exists with (val varchar(max)) using f(val)',
    'attach masking policy p on t to role r priority 10',
    'grant execute on function f(varchar) to role data owners',
    'revoke execute on function f(varchar from public',
    'create or replace view v as\nselect f(a as a from t',
  ],
  snowflake: [
    "create or replace secure external function f(val varchar) returns varchar null immutable api_integration = 'i' as",
    "create or replace secure external function f(val varchar) returns varchar null constant api_integration = i as 'u'",
    "create api integration if not exists i api_provider = aws_api_gateway api_aws_role_arn = 'it's' enabled = true",
    'create masking policy if not exists p as (val varchar) returns varchar => val',
    'alter masking policy p set body -> case when x then f(val else val end',
    'alter table t modify column c o l set masking policy p',
    'grant usage on function f(varchar) to role data owners',
    'describe integration',
  ],
};

/** Pages whose SQL is of one warehouse. The SQL of other pages is for both; that of dbt is a template, which dbt compiles in its own test. */
const DIALECT_OF: Readonly<Record<string, readonly ('redshift' | 'snowflake')[]>> = {
  'docs/deploy/redshift.md': ['redshift'],
  'docs/deploy/snowflake.md': ['snowflake'],
  'examples/redshift-views/README.md': ['redshift'],
  'examples/snowflake-masking/README.md': ['snowflake'],
  'examples/dbt/README.md': [],
};

/** The SQL that people copy: blocks of pages, and the scripts of the examples. */
function documents() {
  const blocks = pagesInOrder()
    .flatMap(blocksOf)
    .filter(({ language }) => language === 'sql')
    .flatMap(({ page, text }) =>
      (DIALECT_OF[page] ?? ['redshift', 'snowflake']).map((dialect) => {
        return { dialect, name: `${page}: ${text.split('\n')[0]}`, text };
      }),
    );
  const scripts = (['redshift-views', 'snowflake-masking'] as const).map((example) => {
    const name = `examples/${example}/protector.sql`;
    return { dialect: example.split('-')[0]!, name, text: readFileSync(join(ROOT, name), 'utf8') };
  });
  return [...blocks, ...scripts];
}

const withText = (script: Script) => ({ ...script, text: renderScript(script) });

test('SQL_PYTHON is set if CI is set', () => {
  expect([CI === undefined, python !== undefined]).toContain(true);
});

(python === undefined ? describe.skip : describe)(
  'the SQL for a policy with awkward names, and that of the documents (SQL_PYTHON)',
  () => {
    test('is parsed by grammars of either dialect as the intended statements, one by one and as a whole', () => {
      const check = fileURLToPath(new URL('ddl/check.py', import.meta.url));
      const scripts = { redshift: withText(awkwardRedshift()), snowflake: withText(awkwardSnowflake()) };
      const written = documents();
      expect(written.length).toBeGreaterThan(12);
      const input = JSON.stringify({ ...scripts, wrong: WRONG, documents: written });
      const { stdout, stderr } = spawnSync(python!, [check], { input, encoding: 'utf8', maxBuffer: 1 << 26 });
      const lines = stdout.split('\n').filter((line) => line !== '');
      expect([lines.filter((line) => !line.startsWith('ok ')), stderr]).toEqual([[], '']);
      const { redshift, snowflake } = scripts;
      expect(lines.length).toBeGreaterThan(redshift.statements.length + snowflake.statements.length);
    });
  },
);

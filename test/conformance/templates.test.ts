// Templates of deployments by other people's linters: cfn-lint, checkov, and parliament for the rights of the roles. They
// are Python programs that are not part of this repository. CI installs them and sets `LINT_PYTHON` to a Python that has
// them; elsewhere the check is skipped, and listed as skipped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CONFIGURATIONS, MULTI_REGION } from '../infra/configurations.ts';
import { templatesOf } from '../support/infra.ts';
import { ACCEPTED } from './templates/accepted.ts';

const { LINT_PYTHON: python, CI } = process.env;

jest.setTimeout(600_000);

test('LINT_PYTHON is set if CI is set', () => {
  expect([CI === undefined, python !== undefined]).toContain(true);
});

type Finding = readonly [rule: string, place: string, message: string];
type Report = Readonly<Record<keyof typeof ACCEPTED, { readonly seen: number; readonly findings: readonly Finding[] }>>;

/** Writes the templates of all configurations, equal ones once. Returns how many there are. */
function writeTemplates(folder: string): number {
  const texts = Object.values({ ...CONFIGURATIONS, ...MULTI_REGION }).flatMap((config) =>
    templatesOf({ ...config, name: 'acme' }).map(({ stack, template }) => `${stack} ${JSON.stringify(template)}`),
  );
  const unique = [...new Set(texts)];
  for (const [i, text] of unique.entries()) {
    const stack = text.slice(0, text.indexOf(' '));
    writeFileSync(join(folder, `${stack}-${i}.template.json`), text.slice(stack.length + 1));
  }
  return unique.length;
}

const rules = (findings: readonly Finding[]): string[] => findings.map(([rule]) => rule);

const suite = python === undefined ? describe.skip : describe;
suite('templates, by other linters (LINT_PYTHON)', () => {
  let home: string;
  let lint: (templates: string) => Report;
  let report: Report;
  let templates: number;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'templates-'));
    const script = fileURLToPath(new URL('templates/lint.py', import.meta.url));
    const env = { ...process.env, HOME: home };
    lint = (folder) =>
      JSON.parse(execFileSync(python!, [script, folder], { encoding: 'utf8', env, maxBuffer: 1 << 26 })) as Report;
    const unique = join(home, 'unique');
    mkdirSync(unique);
    templates = writeTemplates(unique);
    report = lint(unique);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  test.each(['cfn-lint', 'checkov', 'parliament'] as const)('%s finds nothing but what is accepted', (linter) => {
    const accepted = ACCEPTED[linter];
    const isAccepted = ([rule, place]: Finding): boolean =>
      accepted.some((each) => each.rule === rule && (each.at?.test(place) ?? true));
    const found = report[linter].findings;
    expect(found.filter((finding) => !isAccepted(finding))).toEqual([]);
    expect(accepted.filter(({ rule }) => !found.some((finding) => finding[0] === rule))).toEqual([]);
    expect(report[linter].seen).toBeGreaterThanOrEqual(templates);
  });

  test('each linter finds what is planted', () => {
    const folder = join(home, 'planted');
    mkdirSync(folder);
    const statement = { Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*' };
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }],
        Colour: 'blue',
      },
    };
    writeFileSync(join(folder, 'planted.template.json'), JSON.stringify({ Resources: { Role: role } }));
    const { 'cfn-lint': cfn, checkov, parliament } = lint(folder);
    expect(rules(cfn.findings)).toContain('E3002');
    expect(rules(checkov.findings)).toContain('CKV_AWS_60');
    expect(rules(parliament.findings)).toContain('UNKNOWN_ACTION');
  });
});

// Templates of deployments by other people's linters: cfn-lint, checkov, and parliament for the rights of the roles. They
// are Python programs that are not part of this repository. CI installs them and sets `LINT_PYTHON` to a Python that has
// them; elsewhere the check is skipped, and listed as skipped.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writePackage } from '../../infra/package/package.ts';
import { bundleFolder } from '../support/infra.ts';
import { ACCEPTED } from './templates/accepted.ts';

const { LINT_PYTHON: python, CI } = process.env;

jest.setTimeout(600_000);

test('LINT_PYTHON is set if CI is set', () => {
  expect([CI === undefined, python !== undefined]).toContain(true);
});

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC_KEY = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

/** Configurations that between them have every construct. */
const CONFIGURATIONS: Readonly<Record<string, object>> = {
  default: {},
  all: {
    tenants: {},
    vpc: { subnets: ['subnet-0123456789abcdef0'], securityGroups: ['sg-0123456789abcdef0'] },
    audit: { mode: 'kinesis', esa: { url: 'https://esa.example.com:9200' } },
    rest: { authorization: 'JWT', jwt: { publicKey: PUBLIC_KEY } },
    witness: { name: 'witness.example.com/w1', logs: ['logs.example.com/a+01234567+AQ=='] },
  },
};

type Finding = readonly [rule: string, place: string, message: string];
type Report = Readonly<Record<keyof typeof ACCEPTED, { readonly seen: number; readonly findings: readonly Finding[] }>>;

const rules = (findings: readonly Finding[]): string[] => findings.map(([rule]) => rule);

const suite = python === undefined ? describe.skip : describe;
suite('templates, by other linters (LINT_PYTHON)', () => {
  let home: string;
  let lint: (templates: string) => Report;
  const reports: Record<string, Report> = {};

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'templates-'));
    const script = fileURLToPath(new URL('templates/lint.py', import.meta.url));
    const env = { ...process.env, HOME: home };
    lint = (templates) =>
      JSON.parse(execFileSync(python!, [script, templates], { encoding: 'utf8', env, maxBuffer: 1 << 26 })) as Report;
    for (const [name, config] of Object.entries(CONFIGURATIONS)) {
      writePackage({ ...config, name: 'acme' }, bundleFolder(), join(home, name));
      reports[name] = lint(join(home, name, 'templates'));
    }
  });
  afterAll(() => rmSync(home, { recursive: true }));

  test.each(['cfn-lint', 'checkov', 'parliament'] as const)('%s finds nothing but what is accepted', (linter) => {
    const accepted = ACCEPTED[linter];
    const isAccepted = ([rule, place]: Finding): boolean =>
      accepted.some((each) => each.rule === rule && (each.at?.test(place) ?? true));
    const found = Object.values(reports).flatMap((report) => report[linter].findings);
    expect(found.filter((finding) => !isAccepted(finding))).toEqual([]);
    expect(accepted.filter(({ rule }) => !found.some((finding) => finding[0] === rule))).toEqual([]);
    for (const report of Object.values(reports)) expect(report[linter].seen).toBeGreaterThanOrEqual(4);
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

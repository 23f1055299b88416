// `npx cdk synth` as users run it: by the CLI, without credentials, Region or configuration; and its failures.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildInto } from '../support/bundle.ts';
import { runNode } from '../support/child.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let home: string;
/** Without options. It builds the bundles in `dist`, which the other runs use. */
let plain: Outcome;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'synth-'));
  plain = await synth([]);
});
afterAll(async () => {
  await rm(home, { recursive: true });
});

interface Outcome {
  readonly code: number | null;
  readonly text: string;
  readonly output: string;
}

const WITHOUT_BUILD = ['--build', 'true']; // a command that does nothing
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

/** Runs `cdk synth` in an environment of its own, without variables, files or a metadata service of AWS. */
async function synth(options: readonly string[]): Promise<Outcome> {
  const output = await mkdtemp(join(home, 'out-'));
  const args = [CDK, 'synth', '--quiet', '--output', output, ...options];
  const { code, stdout, stderr } = await runNode(args, { cwd: ROOT, home });
  return { code, text: stdout + stderr, output };
}

test('writes templates of every stack without credentials, Region or configuration, and they name no account or Region', async () => {
  const { code, text, output } = plain;
  expect(text).toContain('Successfully synthesized');
  expect(code).toBe(0);
  const templates = readdirSync(output).filter((file) => file.endsWith('.template.json'));
  expect(templates).toEqual(
    expect.arrayContaining(
      ['audit', 'policy', 'protector', 'observability'].map((name) => `protector-${name}.template.json`),
    ),
  );
  for (const file of templates) {
    expect(readFileSync(join(output, file), 'utf8')).not.toMatch(/\b\d{12}\b|\b(?:us|eu)-(?:east|west|central)-\d\b/);
  }
});

test('breaks no rule with the stacks that are optional', async () => {
  const logs = ['logs.example.com/a+01234567+AQ=='];
  const witnesses = [{ key: 'witness.example.com/w1+01234567+BA==', url: 'https://witness.example.com/v1' }];
  const config = {
    budgets: true,
    canary: true,
    tracing: true,
    scheduledQueries: true,
    alarms: { emails: ['security@example.com'] },
    tenants: {},
    vpc: { subnets: ['subnet-0123abcd'], securityGroups: ['sg-0123abcd'] },
    managedInstances: {},
    audit: { witnesses },
    witness: { name: 'witness.example.com/w1', logs },
  };
  const { code, text, output } = await synth([...WITHOUT_BUILD, '-c', `protector=${JSON.stringify(config)}`]);
  expect(text).toContain('Successfully synthesized');
  expect(code).toBe(0);
  const templates = readdirSync(output).filter((file) => /-(?:tenants|witness)\.template\.json$/.test(file));
  expect(templates).toHaveLength(2);
});

test('reads the configuration from the command line, and reports problems by path, without a stack trace', async () => {
  const { code, text } = await synth([
    ...WITHOUT_BUILD,
    '-c',
    'protector={"name":"acme","audit":{"lockDays":-1},"colour":"blue"}',
  ]);
  expect(code).not.toBe(0);
  expect(text).toContain('protector.audit.lockDays: ');
  expect(text).toContain('protector.colour: unknown member');
  expect(text).not.toMatch(/blue|^\s+at /m);
});

describe('a violation of a rule', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await synth([...WITHOUT_BUILD, '--app', 'node test/infra/planted.ts']);
  });

  test('fails the synthesis', () => {
    expect(outcome.text).toContain('Synthesis finished with errors');
    expect(outcome.code).not.toBe(0);
  });

  test.each([
    ['a bucket that accepts plain HTTP', 'PlantedBucket', 'AwsSolutions-S10'],
    ['a right on everything without a reason', 'PlantedRole', 'AwsSolutions-IAM5[Resource::*]'],
    ['a property that CloudFormation does not know', 'PlantedAlias', 'CloudFormation-Validate::F3003'],
  ])('is found: %s', (_, id, rule) => {
    const findings = outcome.text.split('ERROR ').filter((finding) => finding.includes(`/${id}`));
    expect(findings.join('\n')).toContain(rule);
  });

  test('is reported for planted resources only', () => {
    const findings = outcome.text.split('ERROR ').slice(1);
    expect(findings.filter((finding) => !finding.includes('/Planted'))).toEqual([]);
  });
});

/** Returns the digest of every uploaded file of a build, by its path. */
function digests(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[cm]?js$|\.map$/.test(file),
  );
  const entries = files.map((file) => [
    file,
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex'),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

test('builds the same bundles from the same sources, without source maps and whatever was built before', async () => {
  const once = digests(join(ROOT, 'dist'));
  expect(Object.keys(once).length).toBeGreaterThan(10);
  expect(Object.keys(once)).toContain('redshift/index.cjs');
  expect(Object.keys(once).filter((file) => file.endsWith('.map'))).toEqual([]);
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const cache = join(folder, 'redshift/index.cache');
  for (const left of ['redshift/node_modules/gone/index.js', 'redshift/gone.cjs', 'redshift/index.cache']) {
    mkdirSync(dirname(join(folder, left)), { recursive: true });
    writeFileSync(join(folder, left), 'of an earlier build');
  }
  buildInto(folder);
  expect(digests(folder)).toEqual(once);
  // A deployment builds again, and the code cache was taken before.
  expect(existsSync(cache)).toBe(true);
  await rm(folder, { recursive: true });
});

// The package as people without the CDK deploy it: deploy.sh, with the command line of AWS, against an emulator, for
// configurations one after another that differ in as much as they can. every-configuration.test.ts compares the templates of all pairs.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writePackage } from '../../infra/package/package.ts';
import { CONFIGURATIONS } from '../infra/configurations.ts';
import { type Exit, run } from '../support/child.ts';
import { bundleFolder } from '../support/infra.ts';
import { type Emulator, REGION, startEmulator } from '../e2e/emulator.ts';

const { EMULATOR_PYTHON: python, AWS_CLI: command } = process.env;
const isThere = python !== undefined && command !== undefined;

jest.setTimeout(300_000);

test('AWS_CLI is set if CI is set', () => {
  expect([process.env['CI'] === undefined, command !== undefined]).toContain(true);
});

/** What the emulator's KMS has. */
const P256 = { checkpointKey: 'ECC_NIST_P256' };
const everything = {
  ...CONFIGURATIONS['reserved and provisioned concurrency'],
  ...CONFIGURATIONS['a canary and traces'],
  ...CONFIGURATIONS['a VPC with tenants and an audit store'],
  budgets: true,
  scheduledQueries: true,
  alarms: { emails: ['security@example.com'] },
  audit: { ...P256, mode: 'kinesis', esa: { url: 'https://esa.example.com:9200' } },
};
/** Each takes away what the one before had, or brings it back in another form. */
const SEQUENCE: readonly (readonly [title: string, config: object])[] = [
  ['everything', everything],
  ['Redshift alone, with the least', { snowflake: false, rest: false, audit: P256 }],
  ['everything again', everything],
  ['the default, with tenants whose API is throttled', { ...CONFIGURATIONS['throttled APIs'], audit: P256 }],
  ['JSON Web Tokens', { ...CONFIGURATIONS['JSON Web Tokens'], audit: P256 }],
  ['mode kinesis without Snowflake', { snowflake: false, audit: { ...P256, mode: 'kinesis' } }],
  ['the default', { audit: P256 }],
];

const suite = isThere ? describe : describe.skip;
suite(`the package, deployed by deploy.sh${isThere ? '' : ': EMULATOR_PYTHON or AWS_CLI is not set'}`, () => {
  let directory: string;
  let emulator: Emulator;

  /** Runs a program that finds the command line of AWS. */
  async function ask(program: string, args: readonly string[], cwd = directory): Promise<Exit> {
    const PATH = [dirname(command!), process.env['PATH']].join(delimiter);
    const variables = { ...emulator.variables, AWS_DEFAULT_REGION: REGION, PATH };
    return run(program, args, { cwd, home: join(directory, 'home'), variables });
  }

  /** Lists the logical ids of a stack in the emulator. */
  async function idsOf(stack: string): Promise<string[]> {
    const query = ['--query', 'StackResources[].LogicalResourceId', '--output', 'json'];
    const { code, stdout, stderr } = await ask(command!, [
      'cloudformation',
      'describe-stack-resources',
      '--stack-name',
      stack,
      ...query,
    ]);
    expect([code, stderr]).toEqual([0, '']);
    return (JSON.parse(stdout) as string[]).toSorted();
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'packages-'));
    emulator = await startEmulator(python!);
    await mkdir(join(directory, 'home/.aws'), { recursive: true });
    // The emulator has one host for all buckets.
    await writeFile(join(directory, 'home/.aws/config'), '[default]\ns3 =\n  addressing_style = path\n');
    const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket: 'artifacts', CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    s3.destroy();
  });
  afterAll(async () => {
    await emulator.stop();
    await rm(directory, { recursive: true });
  });

  test.each(SEQUENCE)('%s, over what was there before', async (title, config) => {
    const outdir = join(directory, title.replaceAll(/\W+/g, '-'));
    writePackage(config, bundleFolder(), outdir);
    const { code, stdout, stderr } = await ask('sh', [join(outdir, 'deploy.sh'), 'artifacts', 'release/'], outdir);
    expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    for (const stack of (await readFile(join(outdir, 'stacks.txt'), 'utf8')).trim().split('\n')) {
      const template = await readFile(join(outdir, `templates/${stack}.template.json`), 'utf8');
      const { Resources } = JSON.parse(template) as { Resources: Record<string, { Type: string }> };
      const known = Object.entries(Resources).filter(([, { Type }]) => !emulator.unknownTypes().includes(Type));
      // oxlint-disable-next-line no-await-in-loop -- one stack after another
      expect([stack, await idsOf(stack)]).toEqual([stack, known.map(([id]) => id).toSorted()]);
      expect(known.length).toBeGreaterThan(3);
    }
  });

  test('refuses a package that was changed', async () => {
    const outdir = join(directory, 'the-default');
    const file = join(outdir, 'templates/protector-audit.template.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('365', '1'));
    const { code, stderr, stdout } = await ask('sh', [join(outdir, 'deploy.sh'), 'artifacts'], outdir);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('templates/protector-audit.template.json: FAILED');
  });
});

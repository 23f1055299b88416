import { execFile, execSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { deployTo, type LambdaSurroundings } from '../support/lambda.ts';
import { redshiftEvent } from '../support/policy.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAX_BUNDLE_BYTES = 400_000;

/** Runs a script of package.json, into another file. */
async function build(name: string, bundle: string): Promise<void> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const command = scripts[name]?.replace(/--outfile=\S+/, `--outfile=${bundle} --log-level=error`);
  execSync(`node_modules/.bin/${command}`, { cwd: ROOT });
}

describe('the bundle of the log sealer', () => {
  test(`has at most ${MAX_BUNDLE_BYTES} bytes, and says by itself what it is not given`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bundle-'));
    const bundle = join(directory, 'index.cjs');
    await build('build:log-sealer', bundle);
    expect((await stat(bundle)).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
    const script = `require(${JSON.stringify(bundle)}).handler({ Records: [] }).catch(({ code }) => console.log(code))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: directory, env: {} });
    expect(stdout).toMatch(/NOT_CONFIGURED\n$/);
    await rm(directory, { recursive: true });
  });
});

describe('the bundle of the Redshift function', () => {
  let directory: string;
  let bundle: string;
  let fake: FakeAws;
  let surroundings: LambdaSurroundings;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bundle-'));
    bundle = join(directory, 'index.cjs');
    await build('build:redshift', bundle);
    fake = await startFakeAws();
    surroundings = await deployTo(fake, directory);
  });

  afterAll(async () => {
    await fake.close();
    await rm(directory, { recursive: true });
  });

  /** Loads the bundle alone in a new process, as Lambda does, and sends it one event. */
  async function invoke(environment: Readonly<Record<string, string>>): Promise<unknown> {
    const event = JSON.stringify(redshiftEvent('pty_protect_dessn', ['900-12-3456', null]));
    const script = `require(${JSON.stringify(bundle)}).handler(${event}, { awsRequestId: 'r' }).then((reply) => console.log(JSON.stringify(reply)))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      cwd: directory,
      env: environment,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  }

  test(`has at most ${MAX_BUNDLE_BYTES} bytes`, async () => {
    expect((await stat(bundle)).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
  });

  test('protects a batch with nothing but its environment variables', async () => {
    const calls = fake.calls.length;
    expect(await invoke(surroundings)).toEqual({
      success: true,
      num_records: 2,
      results: [expect.stringMatching(/^\d{3}-\d{2}-\d{4}$/), null],
    });
    expect(fake.calls.length).toBeGreaterThan(calls);
  });

  test('answers nothing without credentials', async () => {
    const { AWS_ACCESS_KEY_ID: _, ...rest } = surroundings;
    expect(await invoke(rest)).toMatchObject({ success: false });
  });
});

import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildBundles } from '../support/bundle.ts';
import { type FakeAws, startFakeAws } from '../support/fake-aws.ts';
import { deployTo, type LambdaSurroundings } from '../support/lambda.ts';
import { redshiftEvent } from '../support/policy.ts';

const MAX_BUNDLE_BYTES = 400_000;

describe('the bundle of the Redshift function', () => {
  let directory: string;
  let bundle: string;
  let fake: FakeAws;
  let surroundings: LambdaSurroundings;

  beforeAll(async () => {
    directory = await buildBundles(['redshift']);
    bundle = join(directory, 'redshift', 'index.cjs');
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
    const replies = stdout.split('\n').filter((line) => line.startsWith('{"success"'));
    return JSON.parse(replies[0]!);
  }

  test.each(['redshift', 'log-forwarder'])(`of %s has at most ${MAX_BUNDLE_BYTES} bytes`, async (name) => {
    expect((await stat(join(directory, name, 'index.cjs'))).size).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
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

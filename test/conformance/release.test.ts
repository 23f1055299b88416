// Releases that people sign with OpenSSH's own ssh-keygen (`SSH_KEYGEN`: whether it is there), and that the real policy agent
// publishes behind Lambda's own API.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { policyAgentHandler } from '../../functions/runtime/publish/policy-agent.ts';
import { parseSigners } from '../../lib/publication/gate.ts';
import { type Outcome, runProtector } from '../support/command.ts';
import { startLambdaService } from '../support/publication/lambda-http.ts';
import { smallPolicy } from '../support/publication/small-policy.ts';
import { TestCloud } from '../support/publication/world.ts';

const { SSH_KEYGEN: sshKeygen, CI } = process.env;

test('CI has ssh-keygen', () => {
  expect(CI === undefined || sshKeygen !== undefined).toBe(true);
});

(sshKeygen === undefined ? describe.skip : describe)('a release signed by ssh-keygen (SSH_KEYGEN)', () => {
  let directory: string;
  let cloud: TestCloud;
  let service: { endpoint: string; close(): Promise<void> };
  const at = (name: string): string => join(directory, name);

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'release-'));
    for (const [name, type] of [
      ['alice', 'ed25519'],
      ['bob', 'ecdsa'],
      ['mallory', 'rsa'],
    ] as const) {
      execFileSync(sshKeygen!, ['-q', '-t', type, '-N', '', '-C', name, '-f', at(name)]);
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const fingerprint = (name: string): string =>
    execFileSync(sshKeygen!, ['-l', '-f', at(`${name}.pub`)], { encoding: 'utf8' }).split(' ')[1]!;

  beforeEach(async () => {
    cloud = new TestCloud();
    const signers = parseSigners(`alice ${fingerprint('alice')} author approve,bob ${fingerprint('bob')} approve`)!;
    const gate = { signers, requires: new Set(['approval'] as const), place: 'acme-policies' };
    cloud.model.createFunction('agent', () => {
      const handler = policyAgentHandler(
        async () => {
          const environment = await cloud.environment();
          return { ...environment, settings: { ...environment.settings, gate } };
        },
        () => undefined,
      );
      return (event) => handler(event, { awsRequestId: 'request-1' } as Context);
    });
    service = await startLambdaService(cloud.model);
    for (const name of ['policy.yaml', 'policy.json', 'release.sig']) rmSync(at(name), { force: true });
    writeFileSync(at('policy.json'), JSON.stringify(smallPolicy('first')));
  });
  afterEach(() => service.close());

  const protector = (...args: readonly string[]): Promise<Outcome> =>
    runProtector(args, {
      cwd: directory,
      settings: {
        AWS_ENDPOINT_URL: service.endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'us-east-1',
        POLICY_AGENT: 'agent',
      },
    });
  /** As `aws s3 cp` does. */
  const upload = async (): Promise<void> => {
    for (const name of ['policy.json', 'release.sig']) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await cloud.authored.put(name, readFileSync(at(name), 'utf8'));
    }
  };

  test('by one person, and approved by another, is published', async () => {
    const signed = await protector('policy', 'sign', '--key', 'alice');
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    expect(signed.stdout).toMatch(/release\.sig signs\nserverless-protector release 1\npolicy sha256:[0-9a-f]{64}\n$/);
    await upload();
    expect(await protector('policy', 'approve', '--key', 'bob')).toMatchObject({
      code: 0,
      stdout: '✓ Policy version 1 is live\n',
    });
    expect(cloud.events.at(-1)).toMatchObject({ code: 71, detail: 'signed by alice, approved by bob' });
  });

  test('can be checked by ssh-keygen alone', async () => {
    await protector('policy', 'sign', '--key', 'alice');
    const { stdout } = await protector('policy', 'sign', '--key', 'alice', '--json');
    const { statement } = JSON.parse(stdout) as { statement: string };
    writeFileSync(at('signers'), `alice ${readFileSync(at('alice.pub'), 'utf8')}`);
    const verify = ['-Y', 'verify', '-f', at('signers'), '-I', 'alice', '-n', 'author@serverless-protector'];
    const said = execFileSync(sshKeygen!, [...verify, '-s', at('release.sig')], { input: statement, encoding: 'utf8' });
    expect(said).toContain('Good "author@serverless-protector" signature for alice');
  });

  test.each<[what: string, key: string, why: string]>([
    ['its author', 'alice', 'The author of a release cannot approve it: a second person must'],
    ['a stranger', 'mallory', 'The approval of the release is by a key that is none of the signers'],
    ['a key that is not there', 'nobody', 'ssh-keygen did not sign with'],
  ])('and approved by %s is not published', async (_, key, why) => {
    await protector('policy', 'sign', '--key', 'alice');
    await upload();
    expect(await protector('policy', 'approve', '--key', key)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(why),
    });
    expect((await cloud.journal()).live).toBeUndefined();
  });

  test('and approved in another form than it was uploaded is not published', async () => {
    await protector('policy', 'sign', '--key', 'alice');
    await upload();
    writeFileSync(at('policy.json'), JSON.stringify(smallPolicy('second')));
    expect(await protector('policy', 'approve', '--key', 'bob')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is by bob, but not of these files as the successor of what is live'),
    });
  });

  test('is not made of a policy that the agent would refuse, or of two policies', async () => {
    writeFileSync(at('policy.yaml'), 'name: P\n');
    expect(await protector('policy', 'sign', '--key', 'alice')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has policy.json and policy.yaml: remove the one that is not meant'),
    });
    rmSync(at('policy.json'));
    expect(await protector('policy', 'sign', '--key', 'alice')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('$.dataStore'),
    });
  });
});

// Witnesses by the commands: a laptop cosigns the log of another, and the verifier says who has seen what.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseWitnessKey } from '../../lib/transparency/cosignature.ts';
import { childEnvironment, COMMAND, type Outcome, prepare, runProtector } from '../support/command.ts';
import { serve } from '../support/http-server.ts';
import { fixedSigner } from '../support/log.ts';
import { listenApart, listenHere, type ServedHere } from '../support/served.ts';

let root: string;
/** A workspace with two records, not sealed. */
let made: string;
let dir: string;
let copies = 0;
/** Keys of the two witnesses, and where they listen. */
const keys: string[] = [];
const servers: ServedHere[] = [];

const run = (...args: readonly string[]): Promise<Outcome> => runProtector(args, { cwd: root });
const audit = (...args: readonly string[]): Promise<Outcome> => run('audit', ...args, '--dir', dir);
const query = (): Promise<string> =>
  prepare(['query', "select pty_protect_dename('Zoë')", '--dir', dir], { cwd: root });

/** Starts a witness of the log of a workspace. */
function serveWitness(n: number): Promise<ServedHere> {
  return listenHere(root, ['witness', 'serve', '--dir', `w${n}`, '--keys', 'audit-keys.json', '--port', '0']);
}

/** Writes a policy of the witnesses with the given URLs. */
async function policyOf(urls: readonly (string | undefined)[], quorum: string): Promise<string> {
  const path = join(root, `policy-${++copies}`);
  const lines = urls.map((url, n) => `witness w${n} ${keys[n]!} ${url ?? ''}`);
  await writeFile(
    path,
    `${[...lines, `group all all ${urls.map((_, n) => `w${n}`).join(' ')}`, `quorum ${quorum}`].join('\n')}\n`,
  );
  return path;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'witness-cli-'));
  made = join(root, 'made');
  dir = made;
  await prepare(['init', '--dir', dir], { cwd: root });
  for (let i = 0; i < 2; i++) await query();
  await writeFile(
    join(root, 'audit-keys.json'),
    await prepare(['audit', 'keys', 'list', '--json', '--dir', dir], { cwd: root }),
  );
  for (const n of [0, 1]) {
    const args = ['witness', 'keygen', '--name', `witness.example.com/w${n}`, '--dir', `w${n}`];
    keys.push((await prepare(args, { cwd: root })).trim());
  }
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(made, dir, { recursive: true });
  for (const n of [0, 1]) {
    await rm(join(root, `w${n}`, 'cosigned'), { recursive: true, force: true });
    servers.push(await serveWitness(n));
  }
});
const stopAll = (): Promise<unknown> => Promise.all(servers.splice(0).map((server) => server.stop()));
const afterwards: (() => Promise<void>)[] = [];
afterEach(async () => {
  await stopAll();
  await Promise.all(afterwards.splice(0).map((stop) => stop()));
});
afterAll(() => rm(root, { recursive: true }));

describe('protector witness keygen', () => {
  test('prints the verifier key of a witness, and overwrites none', async () => {
    const args = ['witness', 'keygen', '--name', 'witness.example.com/x', '--dir', 'wx', '--json'];
    const { name, verifier_key: key } = JSON.parse((await run(...args)).stdout);
    expect([name, parseWitnessKey(key).name]).toEqual(['witness.example.com/x', 'witness.example.com/x']);
    const before = await readFile(join(root, 'wx', 'insecure-witness-key.json'), 'utf8');
    expect(await run(...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('not overwritten'),
    });
    expect(await readFile(join(root, 'wx', 'insecure-witness-key.json'), 'utf8')).toBe(before);
  });

  test('prints the verifier key of a KMS key, as the policy needs it, and makes none', async () => {
    const key = fixedSigner(40).publicKey.spki;
    const kms = await serve((_, response) => {
      const reply = { PublicKey: Buffer.from(key).toString('base64'), SigningAlgorithms: ['ED25519_SHA_512'] };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(reply));
    });
    const settings = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const args = ['witness', 'keygen', '--name', 'witness.example.com/w1', '--kms', 'alias/witness', '--dir', 'none'];
    const outcome = await runProtector(args, { cwd: root, settings: { ...settings, AWS_ENDPOINT_URL: kms.endpoint } });
    await kms.close();
    // The first witness of test/vectors/witness.
    expect(outcome.stdout).toBe('witness.example.com/w1+c9d1e3d0+BOkutgVP6bxoKhvPO3WfZas4pM+9gcTR8zQuTMnN7YsL\n');
    expect(existsSync(join(root, 'none'))).toBe(false);
  });

  test('makes no key of a name that no signature line can have', async () => {
    const outcome = await run('witness', 'keygen', '--name', 'w 1', '--dir', 'none');
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('no blank') });
  });
});

/** The commands of docs/audit.md, without what they print. */
const [section = ''] =
  readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8').match(/```console\n[^]*?```/) ?? [];
const documented = section.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));

test('the commands of the documentation work as printed, one after another', async () => {
  const cwd = join(root, 'documented');
  await mkdir(cwd);
  await cp(made, join(cwd, '.protector'), { recursive: true });
  let url = 'http://127.0.0.1:7380';
  const outputs: string[] = [];
  for (const line of documented) {
    if (line.endsWith(' &')) {
      const child = await listenApart(cwd, [...line.split(' ').slice(2, -1), '--port', '0']);
      url = child.origin;
      afterwards.push(async () => {
        child.process.kill();
        await child.ended;
      });
      continue;
    }
    const command = line
      .replaceAll('npx protector', `"${process.execPath}" "${COMMAND}"`)
      .replace('http://127.0.0.1:7380', url);
    outputs.push(execFileSync('sh', ['-c', command], { cwd, encoding: 'utf8', env: childEnvironment() }));
  }
  expect(documented.length).toBeGreaterThan(6);
  expect(outputs.join('')).toContain('witness witness.example.com/w1 cosigned');
  expect(outputs.join('')).toContain('witness w1: has seen 2 sealed records');
  expect(outputs.at(-1)).toContain('cosigned by witness.example.com/w1');
});

describe('protector witness serve', () => {
  test.each([
    ['without a log', ['--dir', 'w0'], '--log or --keys'],
    ['without a key', ['--dir', 'nowhere', '--keys', 'audit-keys.json'], 'protector witness keygen'],
    ['with a key of a log that is none', ['--dir', 'w0', '--log', 'nothing'], 'verifier key'],
    ['without its key list', ['--dir', 'w0', '--keys', 'nowhere.json'], 'cannot be read'],
  ])('%s does not start', async (_, args, says) => {
    const { code, stdout, stderr } = await run('witness', 'serve', '--port', '0', ...args);
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain(says);
  });

  test('with the key of another witness does not start', async () => {
    await cp(join(root, 'w0'), join(root, 'mixed'), { recursive: true });
    await cp(join(root, 'w1', 'witness.json'), join(root, 'mixed', 'witness.json'));
    const outcome = await run('witness', 'serve', '--port', '0', '--dir', 'mixed', '--keys', 'audit-keys.json');
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining('is not about the key') });
  });

  test('remembers what it has cosigned after it was killed', async () => {
    await stopAll();
    const child = await listenApart(root, [
      'witness',
      'serve',
      '--dir',
      'w0',
      '--keys',
      'audit-keys.json',
      '--port',
      '0',
    ]);
    expect((await audit('seal', '--policy', await policyOf([child.origin], 'w0'))).stdout).toContain('w0 cosigned');
    child.process.kill('SIGKILL');
    await child.ended;
    await rm(join(dir, 'log'), { recursive: true });
    const path = join(dir, 'audit', 'audit.jsonl');
    const [line] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${line}\n`);
    servers.push(await serveWitness(0));
    const outcome = await audit('seal', '--policy', await policyOf([servers[0]!.origin], 'w0'));
    expect(outcome).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('has seen a larger tree'),
      stderr: expect.stringContaining('another history'),
    });
  });
});

describe('a policy of witnesses', () => {
  test('has the log cosigned, and the verifier says who has seen what since when', async () => {
    const policy = await policyOf(
      servers.map(({ origin }) => origin),
      'all',
    );
    const { stdout } = await audit('seal', '--policy', policy);
    expect(stdout).toContain('witness.example.com/w0 cosigned');
    expect(stdout).toContain('witness.example.com/w1 cosigned');
    await query();
    await audit('seal', '--policy', policy);
    const shown = await audit('verify', '--policy', policy);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('quorum all: has seen all up to checkpoint 1');
    expect(shown.stdout).toMatch(
      /witness w1: has seen 3 sealed records at \d{4}-\S+Z \(checkpoint 1\); 2 cosignatures since \d{4}-\S+Z/,
    );
    const { witnesses, findings } = JSON.parse((await audit('verify', '--policy', policy, '--json')).stdout);
    expect(findings).toEqual([]);
    expect(witnesses).toMatchObject({
      quorum: 'all',
      witnessed: { number: 1, size: 3 },
      witnesses: keys.map((verifierKey, n) => ({ name: `w${n}`, verifierKey, checkpoints: 2 })),
    });
  });

  test('is met by a log that was sealed before it had witnesses, without a new record', async () => {
    await audit('seal');
    const policy = await policyOf(
      servers.map(({ origin }) => origin),
      'all',
    );
    expect((await audit('verify', '--policy', policy, '--as-of', '2100-01-01')).code).toBe(1);
    expect(await audit('seal', '--policy', policy)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('w1 cosigned'),
    });
    expect((await audit('verify', '--policy', policy)).code).toBe(0);
    const again = await audit('seal', '--policy', policy, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ sealed: 0, asked: [], checkpoint: { number: 1 } });
  });

  test('is not met while a witness is away: a note at first, then a finding', async () => {
    const policy = await policyOf(
      servers.map(({ origin }) => origin),
      'all',
    );
    await servers.pop()!.stop();
    const { code, stdout } = await audit('seal', '--policy', policy);
    expect([code, stdout]).toEqual([0, expect.stringContaining('w1 gave no answer in time')]);
    expect(await audit('verify', '--policy', policy)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/• unwitnessed .*checkpoints\/000.*\n/),
    });
    const later = await audit('verify', '--policy', policy, '--as-of', '2100-01-01');
    expect(later).toMatchObject({ code: 1, stdout: expect.stringMatching(/✗ unwitnessed .*checkpoints\/000/) });
    expect(later.stdout).toContain('witness w1: has seen nothing');
  });

  test('is asked of a proof too', async () => {
    const proof = join(root, 'proof');
    const policy = await policyOf(
      servers.map(({ origin }) => origin),
      'all',
    );
    await audit('seal');
    await audit('prove', '0', '--out', proof);
    expect(await audit('prove', '--check', proof)).toMatchObject({ code: 0 });
    expect(await audit('prove', '--check', proof, '--policy', policy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unwitnessed'),
    });
    const unwitnessed = await audit('prove', '0', '--out', join(root, 'unwitnessed'), '--policy', policy);
    expect(unwitnessed).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('has not the cosignatures of a quorum; try again after the next checkpoint'),
    });
    expect(existsSync(join(root, 'unwitnessed'))).toBe(false);
    await audit('seal', '--policy', policy);
    expect(await audit('prove', '0', '--out', proof, '--policy', policy)).toMatchObject({ code: 0 });
    const shown = await audit('prove', '--check', proof, '--policy', policy);
    expect(shown).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/cosigned by witness.example.com\/w1 at \d{4}/),
    });
    const { witnesses } = JSON.parse((await audit('prove', '--check', proof, '--policy', policy, '--json')).stdout);
    expect(witnesses.map(({ name }: { name: string }) => name)).toEqual([
      'witness.example.com/w0',
      'witness.example.com/w1',
    ]);
  });

  test.each([
    ['that is not there', undefined, 'cannot be read'],
    ['that is none', 'quorum nobody\n', 'Line 1 of the policy'],
    ['whose witness has no usable URL', 'URL', 'The URL of witness w0 must be https'],
  ])('%s is refused by name', async (_, text, says) => {
    const path = text === 'URL' ? await policyOf(['http://witness.example.com'], 'w0') : join(root, 'other-policy');
    if (text !== undefined && text !== 'URL') await writeFile(path, text);
    const { code, stderr } = await audit('seal', '--policy', path);
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining(says)]);
    await rm(join(root, 'other-policy'), { force: true });
  });
});

test.each(['--policy', '--tsa', '--known', '--every', '--checkpoints'])(
  'verify takes %s with a log only',
  async (option) => {
    const at = ['--file', join(dir, 'audit', 'audit.jsonl'), '--key-file', join(dir, 'keys', 'audit-signing.json')];
    const { code, stderr } = await audit('verify', ...at, option, '300');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`${option} needs a log`) });
  },
);

// The Merkle log over the audit records, by the commands: seal, verify, prove, rotate.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { COMMAND, type Outcome, runProtector, spawnProtector } from '../support/command.ts';
import { MOTO_MISSING, motoAws, motoEnvironment } from '../support/moto.ts';

let root: string;
/** Made once: a workspace with a trail of two chains, sealed under one checkpoint. */
let sealed: string;
/** A copy of it for the test that runs. */
let dir: string;
let copies = 0;

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return runProtector(args, { cwd: root, settings: env });
}

const audit = (...args: readonly string[]): Promise<Outcome> => run(['audit', ...args, '--dir', dir]);
const query = (): Promise<Outcome> => run(['query', "select pty_protect_dename('Zoë')", '--dir', dir]);
const kinds = ({ stdout }: Outcome): string[] =>
  (JSON.parse(stdout) as { findings: { kind: string }[] }).findings.map(({ kind }) => kind);

async function editTrail(change: (lines: string[]) => string[]): Promise<void> {
  const path = join(dir, 'audit', 'audit.jsonl');
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  await writeFile(path, `${change(lines).join('\n')}\n`);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-log-'));
  sealed = join(root, 'sealed');
  dir = sealed;
  await run(['init', '--dir', dir]);
  for (let i = 0; i < 2; i++) await query();
  const { code, stderr } = await audit('seal');
  if (code !== 0) throw new Error(stderr);
});
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(sealed, dir, { recursive: true });
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('protector audit seal', () => {
  test('seals what is new, and nothing twice', async () => {
    expect(await audit('seal')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/0 records sealed; .* holds 2,/),
    });
    await query();
    const { stdout } = await audit('seal', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ sealed: 1, repeated: 0, checkpoint: { size: 3, number: 1 } });
    expect(await audit('verify')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 sealed records under 2'),
    });
  });

  test('by two processes at the same time seals every record once', async () => {
    for (let i = 0; i < 2; i++) await query();
    const outcomes = await Promise.all(
      [1, 2].map(() => spawnProtector(['audit', 'seal', '--dir', dir], { cwd: root })),
    );
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    const { code, stdout } = await audit('verify', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ records: 4, findings: [], log: { newest: { size: 4 } } });
  });

  test('of a trail that is not there is exit code 2', async () => {
    await rm(join(dir, 'audit'), { recursive: true });
    expect(await audit('seal')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not there') });
  });
});

describe('protector audit verify, with a log', () => {
  test('sees that the end of the trail was cut off, which the trail alone does not show', async () => {
    await editTrail((lines) => lines.slice(0, -1));
    const outcome = await audit('verify');
    expect(outcome).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/✗ missing .*sealed from leaf 1 on, in no line/),
    });
    const key = join(dir, 'keys', 'audit-signing.json');
    const alone = await run(['audit', 'verify', '--file', join(dir, 'audit', 'audit.jsonl'), '--key-file', key]);
    expect(alone.code).toBe(0);
  });

  test('says of records that are not sealed yet that they are not, and that is no fault', async () => {
    await query();
    expect(await audit('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/• unsigned-tail .*:3: /) });
  });

  test('needs no secret: records, log and public keys are enough, and it says what it did not check', async () => {
    const elsewhere = join(root, `elsewhere-${copies}`);
    await cp(join(dir, 'log'), join(elsewhere, 'log'), { recursive: true });
    await cp(join(dir, 'audit'), join(elsewhere, 'audit'), { recursive: true });
    await cp(join(dir, 'audit-keys.json'), join(elsewhere, 'keys.json'));
    const given = ['--log', join(elsewhere, 'log'), '--keys', join(elsewhere, 'keys.json')];
    const whole = await run(['audit', 'verify', ...given, '--file', join(elsewhere, 'audit', 'audit.jsonl')]);
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('No record key was given') });
    const edited = join(elsewhere, 'edited');
    const line = (await readFile(join(elsewhere, 'audit', 'audit.jsonl'), 'utf8')).replace('"cnt":1', '"cnt":2');
    await writeFile(edited, line);
    const outcome = await run(['audit', 'verify', ...given, '--file', edited, '--json']);
    expect({ code: outcome.code, kinds: kinds(outcome) }).toEqual({ code: 1, kinds: ['modified'] });
    expect(await run(['audit', 'verify', ...given])).toMatchObject({ code: 0 });
  });

  test('reads a directory of files, packed or not', async () => {
    const copy = join(dir, 'export');
    const [one = '', two = ''] = (await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8')).trimEnd().split('\n');
    await cp(join(dir, 'audit'), copy, { recursive: true });
    await rm(join(copy, 'audit.jsonl'));
    await writeFile(join(copy, 'b.jsonl'), two);
    await writeFile(join(copy, 'a-as-firehose-names-it'), gzipSync(`${one}\n`));
    const key = join(dir, 'keys', 'audit-signing.json');
    const outcome = await audit('verify', '--file', copy, '--log', join(dir, 'log'), '--key-file', key, '--json');
    expect(JSON.parse(outcome.stdout)).toMatchObject({ valid: true, records: 2, findings: [] });
  });

  test('shows with a checkpoint that was kept that the log was rolled back', async () => {
    const old = join(dir, 'log-before');
    await cp(join(dir, 'log'), old, { recursive: true });
    await query();
    await audit('seal');
    const kept = join(dir, 'kept');
    await cp(join(dir, 'log', 'checkpoint'), kept);
    expect(kinds(await audit('verify', '--log', old, '--known', kept, '--json'))).toEqual(['rolled-back']);
    expect((await audit('verify', '--log', join(dir, 'log'), '--known', kept)).code).toBe(0);
  });

  test.each([
    ['a log without keys', ['--log', 'log'], /--log needs --keys/],
    ['a key list that is none', ['--log', 'log', '--keys', COMMAND], /Not a key list/],
    ['a time that is none', ['--as-of', 'yesterday'], /looks like/],
  ])('refuses %s: exit code 2', async (_, args, reason) => {
    await rm(join(dir, 'audit-keys.json'));
    expect(await audit('verify', ...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(reason) });
  });
});

describe('protector audit prove', () => {
  test('writes a proof that verifies elsewhere, and not when anything in it was changed', async () => {
    const proof = join(dir, 'record.tlog-proof');
    const [line = ''] = (await readFile(join(dir, 'audit', 'audit.jsonl'), 'utf8')).split('\n');
    const { signature } = JSON.parse(line) as { signature: { chain_id: string; sequence: number } };
    expect((await audit('prove', `${signature.chain_id}:1`, '--out', proof)).code).toBe(0);
    const check = ['audit', 'prove', '--check', proof, '--keys', join(dir, 'audit-keys.json')];
    const held = await run(check);
    expect(held).toMatchObject({ code: 0, stdout: expect.stringContaining(line) });
    expect((await audit('prove', '0')).stdout).toBe(await readFile(proof, 'utf8'));
    const text = await readFile(proof, 'utf8');
    await writeFile(proof, text.replace(/^index 0$/m, 'index 1'));
    expect(await run(check)).toMatchObject({ code: 1, stderr: expect.stringContaining('modified') });
    await writeFile(proof, 'no proof');
    expect((await run(check)).code).toBe(2);
  });

  test.each([
    ['that is not sealed', ['nobody:1'], 1],
    ['beyond the log', ['2'], 1],
    ['without a name', ['x'], 2],
    ['and checks one at once', ['0', '--check', 'a'], 2],
    ['that is none', [], 2],
  ])('refuses a record %s', async (_, args, code) => {
    expect((await audit('prove', ...args)).code).toBe(code);
  });
});

describe('protector audit keys', () => {
  test('rotates both kinds of keys, and what was signed before still verifies', async () => {
    for (const what of ['records', 'checkpoints']) {
      expect((await audit('keys', 'rotate', what)).code).toBe(0);
    }
    await query();
    expect((await audit('seal')).code).toBe(0);
    const { code, stdout } = await audit('verify', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ records: 3, findings: [], log: { checkpoints: 2 } });
    const list = JSON.parse((await audit('keys', 'list', '--json')).stdout) as Record<string, unknown[]>;
    expect([list['checkpoint_keys'], list['record_keys']].map((keys) => keys?.length)).toEqual([2, 2]);
    const files = (await readdir(join(dir, 'keys'))).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(5);
  });

  test('without the old key, what it signed is of an unknown key', async () => {
    await audit('keys', 'rotate', 'checkpoints');
    const list = JSON.parse((await audit('keys', 'list', '--json')).stdout) as { checkpoint_keys: object[] };
    const keys = join(dir, 'only-new.json');
    await writeFile(keys, JSON.stringify({ ...list, checkpoint_keys: list.checkpoint_keys.slice(1) }));
    const outcome = await audit('verify', '--log', join(dir, 'log'), '--keys', keys, '--json');
    expect(kinds(outcome)).toEqual(['unknown-key', 'unknown-key']);
  });

  test('writes the keys of a deployment into a list of their own', async () => {
    const keys = join(dir, 'production.json');
    const verifierKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    const from = '2027-01-15T08:00:00Z';
    const first = await audit('keys', 'add', '--keys', keys, '--verifier-key', verifierKey, '--from', from);
    expect(first.code).toBe(0);
    const clock = ['--record-key-id', 'abc', '--every', '600'];
    expect((await audit('keys', 'add', '--keys', keys, ...clock)).code).toBe(0);
    expect((await audit('keys', 'add', '--keys', keys, '--record-key-id', '95f5a194')).code).toBe(0);
    expect(JSON.parse(await readFile(keys, 'utf8'))).toEqual({
      origin: 'example.com/foo',
      checkpoint_every_s: 600,
      checkpoint_keys: [{ key: verifierKey, from }],
      record_keys: [{ key_id: 'abc' }, { key_id: '95f5a194' }],
    });
    expect((await audit('keys', 'add', '--keys', keys)).code).toBe(2);
  });

  test.each([['list'], ['rotate'], ['add']])('%s explains itself with --help', async (...names) => {
    const { code, stdout } = await run(['audit', 'keys', ...names, '--help']);
    expect({ code, usage: stdout.includes(`Usage: ${['protector audit keys', ...names].join(' ')}`) }).toEqual({
      code: 0,
      usage: true,
    });
  });
});

(MOTO_MISSING === undefined ? describe : describe.skip)('a log in S3 (moto)', () => {
  test('is verified and proved where it lies, with a copy of the records there', async () => {
    const client = s3Client({ ...motoAws, forcePathStyle: true });
    const bucket = `cli-${Date.now()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const [place, prefix] of [
      [join(dir, 'log'), 'tenant/log'],
      [join(dir, 'audit'), 'tenant/records'],
    ] as const) {
      const files = (await readdir(place, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      for (const { parentPath, name } of files) {
        const path = join(parentPath, name);
        const key = `${prefix}${path.slice(place.length)}`;
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(path) }));
      }
    }
    client.destroy();
    const log = ['--log', `s3://${bucket}/tenant/log`, '--keys', join(dir, 'audit-keys.json')];
    const outcome = await run(
      ['audit', 'verify', ...log, '--file', `s3://${bucket}/tenant/records/`, '--json'],
      motoEnvironment,
    );
    expect(JSON.parse(outcome.stdout)).toMatchObject({ valid: true, records: 2, log: { newest: { size: 2 } } });
    expect((await run(['audit', 'prove', '0', ...log], motoEnvironment)).stdout).toContain('c2sp.org/tlog-proof@v1');
  });
});

// Timestamps and receipts by the command, over the clean log of test/vectors/trail.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Outcome, prepare, runProtector } from '../support/command.ts';
import { CLEAN_LINES } from '../support/rewritten-log.ts';

const vectors = fileURLToPath(new URL('../vectors/', import.meta.url));
const ROOT = join(vectors, 'timestamps/root.pem');
const KEYS = join(vectors, 'trail/log/keys.json');
/** A minute after the newest checkpoint. */
const NOW = '2027-01-15T08:26:00Z';

let directory: string;
let log: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'evidence-cli-'));
  log = join(directory, 'log');
  await cp(join(vectors, 'trail/log/clean'), log, { recursive: true });
  await cp(join(vectors, 'timestamps/clean'), join(log, 'timestamps'), { recursive: true });
});
afterAll(() => rm(directory, { recursive: true }));

const audit = (...args: readonly string[]): Promise<Outcome> => runProtector(['audit', ...args], { cwd: directory });
const verify = (...args: readonly string[]): Promise<Outcome> =>
  audit('verify', '--log', log, '--keys', KEYS, '--as-of', NOW, ...args);
const dir = (): string => join(directory, 'workspace');
const check = (...args: readonly string[]): Promise<Outcome> =>
  audit('prove', '--check', 'a.tlog-proof', '--keys', KEYS, '--as-of', NOW, ...args);
/** Writes the policy of the witnesses of the vectors. */
async function policyFile(): Promise<string> {
  const path = join(directory, 'witnesses.policy');
  const { policy } = JSON.parse(await readFile(join(vectors, 'trail/log/witness-clean.json'), 'utf8'));
  await writeFile(path, policy.join('\n'));
  return path;
}
const findings = ({ stdout }: Outcome): unknown => (JSON.parse(stdout) as { findings: unknown }).findings;

describe('protector audit verify with timestamps', () => {
  test('accepts those of the given authority', async () => {
    expect(await verify('--tsa', ROOT)).toMatchObject({ code: 0 });
  });

  test('names those that are too late, unless they began later', async () => {
    const late = await verify('--tsa', ROOT, '--tsa-within', '1', '--json');
    expect(late.code).toBe(1);
    expect(findings(late)).toMatchObject([
      { kind: 'untimely', path: 'timestamps/000' },
      { kind: 'untimely', path: 'timestamps/001' },
      { kind: 'untimely', path: 'timestamps/002' },
      { kind: 'untimely', path: 'timestamps/003' },
      { kind: 'untimely', path: 'timestamps/004' },
      { kind: 'untimely', path: 'timestamps/005' },
    ]);
    const begun = await verify('--tsa', ROOT, '--tsa-within', '1', '--tsa-from', NOW);
    expect(begun).toMatchObject({ code: 0 });
  });

  test('needs the certificates of authorities, and files that hold some', async () => {
    expect(await verify('--tsa-within', '9')).toMatchObject({ code: 2, stderr: expect.stringContaining('--tsa') });
    expect(await verify('--tsa', KEYS)).toMatchObject({ code: 2, stderr: expect.stringContaining('PEM') });
    expect(await verify('--tsa', 'absent.pem')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('absent.pem'),
    });
  });
});

describe('protector audit prove with a timestamp', () => {
  beforeAll(async () => {
    await rm(join(log, 'timestamps/005'));
    const out = ['--out', 'a.tlog-proof', '--timestamp', 'a.tsr'];
    await prepare(['audit', 'prove', '3', '--log', log, '--keys', KEYS, ...out], { cwd: directory });
  });

  test('proves under the newest checkpoint that has one', async () => {
    const { code, stdout } = await check('--timestamp', 'a.tsr', '--tsa', ROOT, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: true,
      record: CLEAN_LINES[3],
      checkpoint: { number: 4 },
      timestamp: '2027-01-15T08:20:02Z',
    });
    expect((await check('--timestamp', 'a.tsr', '--tsa', ROOT)).stdout).toContain('2027-01-15T08:20:02Z');
  });

  test('proves with the cosignatures of that checkpoint too', async () => {
    const stamp = ['--timestamp', 'a.tsr', '--tsa', ROOT];
    const { code, stdout } = await check(...stamp, '--policy', await policyFile(), '--json');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      timestamp: '2027-01-15T08:20:02Z',
      witnesses: [{ name: 'witness.example.com/w1' }],
    });
  });

  test('refuses one of another checkpoint or authority', async () => {
    const another = await check('--timestamp', join(log, 'timestamps/003'), '--tsa', ROOT);
    expect(another).toMatchObject({ code: 1, stderr: expect.stringContaining('modified: the timestamp') });
    const other = await check('--timestamp', 'a.tsr', '--tsa', join(vectors, 'timestamps/other-root.pem'));
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown-key: the timestamp') });
  });

  test('needs both a timestamp and certificates', async () => {
    expect(await check('--timestamp', 'a.tsr')).toMatchObject({ code: 2 });
    expect(await check('--tsa', ROOT)).toMatchObject({ code: 2 });
  });

  test.each([
    ['the checkpoint', '2027-01-15T08:10:00Z', [], 'later-than-now: the proof'],
    ['the timestamp', '2027-01-15T08:15:01Z', ['--timestamp', 'a.tsr', '--tsa', ROOT], 'later-than-now: the timestamp'],
  ])('refuses %s from a time that has not come', async (_, asOf, args, says) => {
    const given = ['--check', 'a.tlog-proof', '--keys', KEYS, '--as-of', asOf, ...args];
    expect(await audit('prove', ...given)).toMatchObject({ code: 1, stderr: expect.stringContaining(says) });
  });

  test.each([
    ['--tsa when it writes', ['3', '--tsa', ROOT], '--tsa needs --check'],
    ['--as-of when it writes', ['3', '--as-of', NOW], '--as-of needs --check'],
    ['--kms for a tlog-proof', ['3', '--kms', 'alias/x'], 'and --format cose'],
    ['--log when it checks', ['--check', 'a.tlog-proof', '--log', 'x'], '--log needs a record'],
    ['--out when it checks', ['--check', 'a.tlog-proof', '--out', 'x'], '--out needs a record'],
    ['--kms when it checks', ['--check', 'a.tlog-proof', '--kms', 'alias/x'], '--kms needs a record'],
  ])('refuses %s, which it would ignore', async (_, args, says) => {
    const { code, stdout, stderr } = await audit('prove', ...args, '--keys', KEYS);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(says) });
  });

  test('needs a log with timestamps', async () => {
    const bare = join(vectors, 'trail/log/clean');
    const { code, stderr } = await audit('prove', '3', '--log', bare, '--keys', KEYS, '--timestamp', 'b.tsr');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('no timestamp') });
  });
});

describe('protector audit prove --format cose', () => {
  beforeAll(async () => {
    await prepare(['init', '--dir', dir()], { cwd: directory });
    await prepare(['query', "select pty_protect_dessn('900-12-3456')", '--dir', dir()], { cwd: directory });
    await prepare(['audit', 'seal', '--dir', dir()], { cwd: directory });
  });

  test('writes a receipt, which is checked without the log', async () => {
    await prepare(['audit', 'prove', '0', '--format', 'cose', '--out', 'a.cose', '--dir', dir()], { cwd: directory });
    const { code, stdout } = await audit('prove', '--check', 'a.cose', '--dir', dir(), '--json');
    expect(code).toBe(0);
    const [line] = (await readFile(join(dir(), 'audit', 'audit.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, index: 0, size: 1, record: line });
    expect((await audit('prove', '--check', 'a.cose', '--dir', dir())).stdout).toContain('proved');
    const keyFile = ['--key-file', join(dir(), 'keys', 'audit-signing.json')];
    const checked = await audit('prove', '--check', 'a.cose', '--dir', dir(), ...keyFile, '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, checksum: 'verified' });
  });

  test('refuses a receipt of another log or with a changed record', async () => {
    expect(await audit('prove', '--check', 'a.cose', '--keys', KEYS)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unknown-key: the receipt'),
    });
    const bytes = await readFile(join(directory, 'a.cose'));
    bytes[bytes.indexOf('deSSN')]! ^= 1;
    await writeFile(join(directory, 'b.cose'), bytes);
    const { code, stderr } = await audit('prove', '--check', 'b.cose', '--dir', dir());
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('modified: the receipt') });
  });

  test('has no timestamp and no cosignatures', async () => {
    const make = await audit('prove', '0', '--format', 'cose', '--timestamp', 'x', '--dir', dir());
    expect(make.code).toBe(2);
    const witnessed = await audit('prove', '0', '--format', 'cose', '--policy', await policyFile(), '--dir', dir());
    expect(witnessed).toMatchObject({ code: 2, stderr: expect.stringContaining('a receipt holds none') });
    for (const given of [
      ['--timestamp', 'x'],
      ['--tsa', ROOT],
      ['--policy', await policyFile()],
    ]) {
      const { code, stderr } = await audit('prove', '--check', 'a.cose', ...given, '--dir', dir());
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('A receipt holds no checkpoint') });
    }
  });

  test('needs the key of the log', async () => {
    const { code, stderr } = await audit(
      'prove',
      '0',
      '--format',
      'cose',
      '--log',
      log,
      '--keys',
      KEYS,
      '--dir',
      dir(),
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('key list has no such key') });
  });
});

describe('protector audit seal --tsa-url', () => {
  test('refuses what is no address before it seals', async () => {
    const unsealed = join(directory, 'unsealed');
    await prepare(['init', '--dir', unsealed], { cwd: directory });
    await prepare(['query', "select pty_protect_dessn('900-12-3456')", '--dir', unsealed], { cwd: directory });
    const { code, stderr } = await audit('seal', '--tsa-url', 'ftp://tsa.example.com', '--dir', unsealed);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--tsa-url') });
    await expect(readFile(join(unsealed, 'log', 'checkpoint'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('seals without an answer, and says so', async () => {
    const unsealed = join(directory, 'unsealed');
    const { code, stdout } = await audit('seal', '--tsa-url', 'http://127.0.0.1:1/', '--dir', unsealed);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('127.0.0.1:1 gave no answer: ECONNREFUSED'),
    });
  });
});

// What only a process of its own shows: exit codes, streams, signals of a reader, the Node guard, and what is loaded when.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RELEASE } from '../../lib/contract/release.ts';
import { childEnvironment, COMMAND, type Outcome, prepare, spawnProtector } from '../support/command.ts';

const ESCAPE = String.fromCodePoint(0x1b);

let root: string;
/** A workspace that no test writes to. */
let dir: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-process-'));
  dir = join(root, 'workspace');
  await prepare(['init', '--dir', dir], { cwd: root });
});
afterAll(() => rm(root, { recursive: true }));

const run = (args: readonly string[], settings: Readonly<Record<string, string>> = {}, stdin = ''): Promise<Outcome> =>
  spawnProtector(args, { cwd: root, settings, stdin });

/** Has Node import a program before the command. */
const importing = (program: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}`,
});

describe('exit codes', () => {
  test('0: the version, alone on standard output', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${RELEASE}\n`, stderr: '' });
  });

  test('1: what is checked is bad', async () => {
    const copy = join(root, 'bad');
    await mkdir(copy);
    await writeFile(join(copy, 'policy.json'), '{"name": 7}');
    const { code, stderr } = await run(['policy', 'check', '--dir', copy]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('$.name')]);
  });

  test('2: the command line is wrong', async () => {
    expect(await run(['encrypt'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: unknown command 'encrypt'\n(add --help for the options)\n",
    });
  });

  test('2: the operating system refuses, which is said in one line without a stack trace', async () => {
    const place = join(dir, 'policy.json', 'below');
    expect(await run(['init', '--dir', place])).toEqual({
      code: 2,
      stdout: '',
      stderr: `protector: mkdir ${place} failed (ENOTDIR)\n`,
    });
  });

  const crash = importing('Date.now = () => { throw new TypeError(["CAN", "ARY"].join("")) }');

  test('70: a crash, in one line that says neither the message nor where it happened', async () => {
    expect(await run(['policy', 'seal', '--dir', dir], crash)).toEqual({
      code: 70,
      stdout: '',
      stderr: 'protector: internal error TypeError; please report it (PROTECTOR_DEBUG=1 shows where)\n',
    });
  });

  test('70: with PROTECTOR_DEBUG a crash shows its frames, and still no message', async () => {
    const { code, stderr } = await run(['policy', 'seal', '--dir', dir], { ...crash, PROTECTOR_DEBUG: '1' });
    expect([code, stderr]).toEqual([
      70,
      expect.stringMatching(/^protector: internal error TypeError; .*\n {2}TypeError\n {2}at .*sealPolicy/s),
    ]);
    expect(stderr).not.toContain('CANARY');
  });
});

describe('streams', () => {
  test('a reader that has seen enough is no error', async () => {
    const sql = 'select i from range(30000) t(i)';
    const child = spawn(process.execPath, [COMMAND, 'query', '--csv', '--dir', dir, sql], { env: childEnvironment() });
    const said = text(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number];
    expect([code, await said]).toEqual([0, '']);
  });

  test('an event is read from standard input', async () => {
    const event = { user: 'test_user', external_function: 'pty_protect_dessn', num_records: 1, arguments: [[null]] };
    const args = ['invoke', 'redshift', '--event', '-', '--dir', dir];
    const { code, stdout } = await run(args, {}, JSON.stringify(event));
    expect([code, JSON.parse(stdout)]).toEqual([0, { success: true, num_records: 1, results: [null] }]);
  });

  test.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ NO_COLOR: '1' }, false],
    [{}, false],
  ])('with %j colour is %s', async (settings, isColoured) => {
    const { stdout } = await run(['policy', 'check', '--dir', dir], settings);
    expect(stdout.includes(ESCAPE)).toBe(isColoured);
  });

  test('paths are shown as they were given, and mean the working directory', async () => {
    const place = join(root, 'elsewhere');
    await mkdir(place);
    const { code, stdout } = await spawnProtector(['init'], { cwd: place });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓ \.protector\/policy\.json /)]);
    expect(await readdir(join(place, '.protector'))).toContain('policy.json');
  });

  test('another time zone and locale change nothing', async () => {
    const args = ['audit', 'report', '--dir', dir, '--from', '2026-11-24', '--to', '2026-11-25'];
    await prepare(['query', "select pty_protect_dename('Zoë')", '--dir', dir], { cwd: root });
    const plain = await run(args);
    expect(await run(args, { TZ: 'Pacific/Kiritimati', LC_ALL: 'C', LANG: 'C' })).toEqual(plain);
  });
});

describe('Node', () => {
  test.each(['20.19.0', '22.18.0', '23.11.1'])('%s is told in one line which is needed', async (version) => {
    const disguise = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
    const { code, stdout, stderr } = await run(['--version'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(disguise)}`,
    });
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      expect.stringMatching(/^protector needs Node 24\.0\.0 or newer.*\n$/),
    ]);
  });

  test('keeps compiled code in a folder of the user, which others cannot write to', async () => {
    const home = join(root, 'home');
    await mkdir(home);
    await run(['--version'], { HOME: home, NODE_COMPILE_CACHE: '' });
    const cache = join(home, '.cache', 'serverless-protector', 'compiled');
    expect((await readdir(cache, { recursive: true })).length).toBeGreaterThan(10);
    expect((await stat(cache)).mode & 0o022).toBe(0);
    expect(await readdir(childEnvironment()['TMPDIR']!)).not.toContain('node-compile-cache');
  });

  test('works without a home that it could write to', async () => {
    const file = join(dir, 'policy.json');
    expect(await run(['--version'], { HOME: join(file, 'home'), NODE_COMPILE_CACHE: '' })).toEqual({
      code: 0,
      stdout: `${RELEASE}\n`,
      stderr: '',
    });
  });
});

describe('what is loaded', () => {
  const printing = importing(`
    import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => { process._rawDebug('loaded ' + url); return next(url, context); } });
  `);

  /** Files of the project that a command line loads, by their paths from its root, and the packages. */
  async function loaded(...args: readonly string[]): Promise<readonly string[]> {
    const { code, stderr } = await run(args, printing);
    expect(code).toBe(0);
    const project = new URL('../../', import.meta.url).href;
    const urls = stderr.split('\n').flatMap((line) => /^loaded (file:.*)/.exec(line)?.[1] ?? []);
    return urls.map((url) => url.replace(project, '')).toSorted();
  }

  test('by --help: the table of commands and no work of any', async () => {
    const files = await loaded('--help');
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => file.endsWith('.run.ts'))).toEqual([]);
    expect(files.filter((file) => /^functions\/cli\/(?:policy|keys|tenants|audit|ddl|events)\//.test(file))).toEqual(
      [],
    );
    expect(files.filter((file) => file.includes('node_modules/') && !file.includes('/commander/'))).toEqual([]);
    expect(files.filter((file) => file.startsWith('lib/'))).toEqual([
      'lib/base/errors.ts',
      'lib/contract/release.ts',
      'lib/document/problem.ts',
    ]);
  });

  test('by the help of a noun: the declarations of its commands besides', async () => {
    const own = (await loaded('policy', '--help')).filter((file) => file.startsWith('functions/cli/policy/'));
    const declarations = (await readdir(new URL('../../functions/cli/policy/', import.meta.url)))
      .filter((file) => !file.endsWith('.run.ts') && file !== 'rollback-report.ts')
      .map((file) => `functions/cli/policy/${file}`);
    expect(own).toEqual(declarations.toSorted());
  });

  test.each([
    ['policy', 'check', '--dir'],
    ['audit', 'verify', '--dir'],
    ['keys', 'list', '--dir'],
    ['events', 'status', '--dir'],
    ['events', 'dead-letters', '--dir'],
  ])('by %s %s: no client of AWS', async (...args) => {
    const files = await loaded(...args, dir);
    expect(files.filter((file) => file.includes('@aws-sdk/'))).toEqual([]);
  });
});

test('the demo writes one object with what it found, and nothing else, on standard output', async () => {
  const made = join(root, 'demo');
  const { code, stdout } = await run(['demo', '--rows', '3000', '--json', '--dir', made]);
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  const result = JSON.parse(stdout) as Record<string, number>;
  expect(result).toEqual({
    rows: 3000,
    calls: expect.any(Number),
    values: expect.any(Number),
    mismatches: 0,
    auditRecords: expect.any(Number),
    auditValid: true,
    sealedRecords: result['auditRecords'],
    valuesPerSecond: expect.any(Number),
    ff1ValuesPerSecond: expect.any(Number),
  });
  expect(code).toBe(0);
  // Ten columns, both ways, two batches of at most 2,048 rows each, at least.
  expect(result['calls']).toBeGreaterThanOrEqual(40);
  expect(result['values']).toBeGreaterThan(50_000);
  expect(result['values']).toBeLessThanOrEqual(60_000);
  const lines = (await readFile(join(made, 'audit', 'audit.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(result['auditRecords']!);
  const counts = lines.map((line) => JSON.parse(line) as { level: string; cnt: number });
  const sum = counts.reduce((total, { level, cnt }) => total + (level === 'SUCCESS' ? cnt : 0), 0);
  expect(sum).toBe(result['values']);
  expect(await run(['audit', 'verify', '--dir', made])).toMatchObject({ code: 0 });
});

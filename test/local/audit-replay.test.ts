// What the log of a workspace lacks, by the command. A deployment's: test/fault/unsealed-records.test.ts.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Outcome, prepare, runProtector } from '../support/command.ts';

let root: string;
/** A copy of a workspace with three records, for the test that runs. */
let dir: string;
let copies = 0;

const run = (...args: readonly string[]): Promise<Outcome> => runProtector(args, { cwd: root });
const audit = (...args: readonly string[]): Promise<Outcome> => run('audit', ...args, '--dir', dir);
const query = (): Promise<string> =>
  prepare(['query', "select pty_protect_dename('Zoë')", '--dir', dir], { cwd: root });
const trail = (): string => join(dir, 'audit', 'audit.jsonl');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'protector-replay-'));
  dir = join(root, 'workspace');
  await prepare(['init', '--dir', dir], { cwd: root });
  for (let i = 0; i < 3; i++) await query();
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  dir = join(root, `copy-${++copies}`);
  await cp(join(root, 'workspace'), dir, { recursive: true });
});

describe('protector audit replay in a workspace', () => {
  test('only reports with --dry-run, and makes no log', async () => {
    const { code, stdout } = await audit('replay', '--dry-run', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ lines: 3, missing: 3, replayed: 0 });
    expect([existsSync(join(dir, 'log')), existsSync(join(dir, 'audit-keys.json'))]).toEqual([false, false]);
  });

  test('seals what is missing, and nothing twice; then the trail is intact', async () => {
    await audit('seal');
    await query();
    expect(await audit('replay', '--dry-run')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /✗ 1 record is missing from the log: nothing was changed\n {2}1 record of chain \S+, numbers 1 to 1\n/,
      ),
    });
    expect(await audit('replay')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 record is missing from the log: sealed now'),
    });
    expect(await audit('replay')).toMatchObject({ code: 0, stdout: '✓ No record is missing from the log\n' });
    const { stdout } = await audit('verify', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, records: 4, findings: [] });
  });

  test('finds records that are missing in the middle, in any order of the copy', async () => {
    const lines = (await readFile(trail(), 'utf8')).trimEnd().split('\n');
    const [part, copy] = [join(root, 'part.jsonl'), join(root, 'copy.jsonl')];
    await writeFile(part, `${lines[0]}\n${lines[2]}\n`);
    await audit('seal', '--file', part);
    await writeFile(copy, [...lines.toReversed(), 'no record', ''].join('\n'));
    const found = await audit('replay', '--file', copy, '--dry-run', '--json');
    expect(JSON.parse(found.stdout)).toMatchObject({ missing: 1, rejected: 1, chains: [{ records: 1 }] });
    expect(await audit('replay', '--file', copy)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no signed record: 1 line'),
    });
    expect(JSON.parse((await audit('verify', '--json')).stdout)).toMatchObject({ valid: true });
  });

  test('ends with 1 for a record that contradicts a sealed one', async () => {
    await audit('seal');
    const [line = ''] = (await readFile(trail(), 'utf8')).split('\n');
    const forged = join(root, 'forged.jsonl');
    await writeFile(forged, `${line.replace('"cnt":1', '"cnt":2')}\n`);
    expect(await audit('replay', '--file', forged)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/✗ forked {2}\S+:1 contradicts/),
    });
  });

  test.each([
    ['a log group without its log', ['--log-group', 'g', '--from', '2026-11-24', '--stream', 's']],
    ['a log group without a time', ['--log-group', 'g', '--log', 's3://b/l', '--stream', 's']],
    ['a time without a log group', ['--from', '2026-11-24']],
    ['a stream without a log', ['--stream', 's']],
    ['a log without its stream', ['--log', 's3://b/l']],
    ['a log group and a file', ['--log-group', 'g', '--file', 'f', '--log', 's3://b/l', '--from', '2026-11-24']],
    ['a file that is not there', ['--file', 'nothing.jsonl']],
  ])('refuses %s', async (_, args) => {
    expect((await audit('replay', ...args)).code).toBe(2);
  });
});

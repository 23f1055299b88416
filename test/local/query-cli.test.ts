// protector query: where its SQL comes from, how results leave, and what it says when something is wrong.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { bufferedIo, childEnvironment, COMMAND, type Outcome, prepare, runProtector } from '../support/command.ts';

let cwd: string;
let dir: string;

const query = (...args: readonly string[]): Promise<Outcome> => runProtector(['query', ...args, '--dir', dir], { cwd });

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'protector-query-'));
  dir = join(cwd, 'ws');
  await prepare(['init', '--dir', dir], { cwd });
});
afterAll(async () => {
  await rm(cwd, { recursive: true });
});

describe('the SQL', () => {
  test('comes from a file, or from standard input', async () => {
    await writeFile(join(cwd, 'q.sql'), 'select 7 as n');
    expect((await query('-f', 'q.sql', '--csv')).stdout).toBe('n\n7\n');
    for (const args of [['-'], ['-f', '-']]) {
      const { stdout } = await runProtector(['query', ...args, '--csv', '--dir', dir], { cwd, stdin: 'select 8 as n' });
      expect(stdout).toBe('n\n8\n');
    }
  });

  test.each<[string, string[], RegExp]>([
    ['none', [], /argument, - for standard input, or a file/],
    ['two of them', ['select 1', '-f', 'q.sql'], /argument, - for standard input, or a file/],
    ['a file that is not there', ['-f', 'absent.sql'], /absent\.sql cannot be read \(ENOENT\)/],
    ['blanks', [' \n'], /There is no SQL to run/],
  ])('is refused where there is %s', async (_, args, message) => {
    const { code, stderr } = await query(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('may be several statements: each result is printed, and what has none is said beside it', async () => {
    const sql =
      'create table t as select 1 as a; select a from t; insert into t values (2), (3); select sum(a)::int as s from t';
    const csv = await query(sql, '--csv');
    expect([csv.code, csv.stdout]).toEqual([0, 'a\n1\n\ns\n6\n']);
    expect(csv.stderr).toContain('2 rows');
    expect((await query(sql, '--json')).stdout).toBe('[{"a":1}]\n[{"s":6}]\n');
    const { stdout } = await query(sql);
    expect(stdout).toMatch(/ a[^]*1[^]* s[^]*6/);
  });

  test('of several statements stops at the first that fails', async () => {
    const { code, stdout } = await query("select 1 as a; select * from 'absent.csv'; select 2 as b", '--csv');
    expect([code, stdout]).toEqual([1, 'a\n1\n']);
  });
});

describe('a long result', () => {
  const LONG = "select i, pty_protect_decity('city ' || i) as c from range(50000) t(i)";

  test('is the same as CSV, as JSON and in a file, with every row', async () => {
    const { stdout } = await query(LONG, '--csv');
    const lines = stdout.trimEnd().split('\n');
    expect([lines.length, lines[0]]).toEqual([50_001, 'i,c']);
    const rows = JSON.parse((await query(LONG, '--json')).stdout) as { i: string; c: string }[];
    expect(rows.map(({ i, c }) => `${i},${c}`)).toEqual(lines.slice(1));
    await query(LONG, '-o', 'long.csv');
    expect(await readFile(join(cwd, 'long.csv'), 'utf8')).toBe(stdout);
  });

  test('is not held in memory: a reader that is slow holds the query back', async () => {
    let calls = 0;
    let most = 0;
    let written = 0;
    let [open, together] = [0, 0];
    const { io } = bufferedIo({ cwd });
    const slow = {
      ...io.stdout,
      write: (chunk: string | Uint8Array, done?: (error?: Error | null) => void): boolean => {
        written += String(chunk).split('\n').length - 1;
        calls += 1;
        most = Math.max(most, String(chunk).length);
        open += 1;
        together = Math.max(together, open);
        setImmediate(() => {
          open -= 1;
          done?.();
        });
        return false;
      },
    };
    const sql = 'select i from range(300000) t(i)';
    expect(await runCommandLine(['query', sql, '--csv', '--dir', dir], { ...io, stdout: slow })).toBe(0);
    expect([written, calls > 100, most < 100_000, together]).toEqual([300_001, true, true, 1]);
  });

  test('passes through a small heap, however long it is', async () => {
    const sql = "select i, repeat('text ', 400) as t from range(40000) t(i)";
    const child = spawn(process.execPath, [COMMAND, 'query', '--csv', sql, '--dir', dir], {
      cwd,
      env: childEnvironment({ NODE_OPTIONS: '--max-old-space-size=64' }),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
    const [code] = (await once(child, 'close')) as [number | null];
    const digits = 10 + 90 * 2 + 900 * 3 + 9000 * 4 + 30_000 * 5;
    expect([code, bytes]).toEqual([0, 'i,t\n'.length + digits + 40_000 * ',\n'.length + 40_000 * 2000]);
  });

  test('that fails late ends with 1, says why, and prints no row behind the failure', async () => {
    const sql =
      "select pty_protect_dessn(case when i = 40000 then '1' else '944-07-4214' end) as s from range(50000) t(i)";
    const { code, stdout, stderr } = await query(sql, '--csv');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/too short[^]*batch/)]);
    expect(stdout.split('\n').length).toBeLessThan(40_002);
    const file = await query(sql, '-o', 'late.csv');
    expect([file.code, existsSync(join(cwd, 'late.csv'))]).toEqual([1, false]);
    expect(readdirSync(cwd).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test.each([
    ['at once', "select cast(a as integer) from (values ('1'), ('x')) t(a)", /Conversion Error/],
    [
      'late',
      "select cast(case when i = 900000 then 'x' else '1' end as integer) as n from range(1000000) t(i)",
      /Conversion Error[^]*'x'[^]*LINE 1: select cast/,
    ],
    [
      'late, behind values of a function',
      "select pty_protect_decity('a'); select pty_protect_decity('a') as c, cast(case when i = 30000 then 'x' else '1' end as integer) as n from range(40000) t(i);",
      /Conversion Error[^]*'x'/,
    ],
  ])('whose data DuckDB refuses %s is no complete result', async (_, sql, message) => {
    const { code, stderr } = await query(sql, '--csv');
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe('a file', () => {
  test('of --out replaces another one as a whole, and is for its owner', async () => {
    await writeFile(join(cwd, 'out.json'), 'before');
    await query("select 'é' as x", '--out', 'out.json');
    expect(await readFile(join(cwd, 'out.json'), 'utf8')).toBe('[{"x":"é"}]\n');
    const parquet = await query('select 1', '--out', 'x.parquet');
    expect([parquet.code, parquet.stderr]).toEqual([2, expect.stringContaining('copy (<query>) to')]);
    const { code, stderr } = await query('select 1', '--out', 'absent/out.csv');
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be written (ENOENT')]);
  });

  test('of COPY is there as a whole', async () => {
    const file = join(cwd, 'whole.parquet');
    await query(`copy (select pty_protect_decity('Paris') c) to '${file}'`);
    expect((await query(`select count(*) as n from '${file}'`, '--csv')).stdout).toBe('n\n1\n');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('of COPY that %s interrupts is not there', async (signal) => {
    const name = `${signal}.parquet`;
    const sql = `copy (select pty_protect_decity('city ' || i) as c from range(100000000) t(i)) to '${name}'`;
    const child = spawn(process.execPath, [COMMAND, 'query', sql, '--dir', dir], { cwd, env: childEnvironment() });
    const trail = join(dir, 'audit', 'audit.jsonl');
    const size = async (): Promise<number> => (existsSync(trail) ? (await readFile(trail)).length : 0);
    const before = await size();
    // Until it is at work, which its trail shows.
    while ((await size()) === before && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    child.kill(signal);
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, string | null];
    expect([code, killedBy]).toEqual(signal === 'SIGKILL' ? [null, signal] : [130, null]);
    expect(existsSync(join(cwd, name))).toBe(false);
    // A process that is killed leaves what it wrote beside the file.
    const left = readdirSync(cwd).filter((each) => each.includes(signal));
    expect(left).toEqual(signal === 'SIGKILL' ? left : []);
  });
});

describe('on a terminal', () => {
  test('a table fits, and progress is shown in place and taken away', async () => {
    let ms = 0;
    const { io, outcome } = bufferedIo({ cwd });
    const terminal = { ...io.stderr, isTerminal: true, columns: 60 };
    const code = await runCommandLine(
      [
        'query',
        "select pty_protect_decity('city ' || i) as c, repeat('long ', 30) as words from range(6000) t(i)",
        '--dir',
        dir,
      ],
      { ...io, stdout: { ...io.stdout, isTerminal: true, columns: 60 }, stderr: terminal, nowMs: () => (ms += 1000) },
    );
    const { stdout, stderr } = outcome(code);
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
    const shown = stderr.replaceAll(String.fromCodePoint(0x1b), '<esc>');
    expect(shown).toMatch(/\r<esc>\[K\d+ s: [\d,]+ values answered/);
    expect(shown).toMatch(/\r<esc>\[K6,000 rows, 5,900 not shown/);
  });
});

describe('what is wrong', () => {
  test('a function that is misspelled is suggested', async () => {
    const { code, stderr } = await query("select pty_protect_deemial('x')");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/no function pty_protect_deemial.*did you mean pty_protect_deEmail\?/i),
    ]);
    const move = await query("select pty_reprotect_dessm__to__dePhon('x')");
    expect(move.stderr).toMatch(/did you mean pty_reprotect_deSSN__to__dePhone\?/);
  });

  test('a column that is misspelled is suggested by DuckDB', async () => {
    const { stderr } = await query('select nmae from (select 1 as name)');
    expect(stderr).toContain('"name"');
  });

  test('a user whom the policy does not have is said, with the nearest', async () => {
    const { code, stderr } = await query("select pty_unprotect_decity('x')", '--user', 'analist');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no user analist; did you mean analyst\?/)]);
    expect((await query("select pty_unprotect_decity('x')", '--user', 'zzz')).stderr).toMatch(
      /it has test_user, analyst, auditor/,
    );
  });

  test('a user who may not is told which command says why', async () => {
    const { stderr } = await query("select pty_protect_decity('x')", '--user', 'analyst');
    expect(stderr).toContain('protector policy explain --user analyst');
  });

  test('an element that is not sealed yet is no misspelling', async () => {
    await prepare(['policy', 'add-element', 'deCCNN', '--type', 'numeric', '--dir', dir], { cwd });
    const { code, stderr } = await query("select pty_protect_deccnn('4111')");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('has changed since it was sealed: "protector policy diff'),
    ]);
    expect(stderr).not.toMatch(/did you mean/i);
    for (const args of [
      ['query', 'select 1'],
      ['policy', 'show'],
      ['policy', 'explain', '--user', 'analyst', '--element', 'deSSN'],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick enough
      const other = await runProtector([...args, '--dir', dir], { cwd });
      expect([args, other.code, other.stderr]).toEqual([
        args,
        0,
        expect.stringContaining('has changed since it was sealed'),
      ]);
    }
    await prepare(['policy', 'seal', '--dir', dir], { cwd });
    expect((await query('select 1')).stderr).not.toContain('sealed');
  });
});

// The core of the command line: what every declaration must keep, and what a command gets of the process.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { type Command, command, type Group, isGroup } from '../../functions/cli/core/command.ts';
import { CliError, EXIT, failed } from '../../functions/cli/core/exit.ts';
import type { Io } from '../../functions/cli/core/io.ts';
import { runProgram } from '../../functions/cli/core/program.ts';
import { path, place, wholeNumber } from '../../functions/cli/core/readers.ts';
import { bufferedIo } from '../support/command.ts';

/** Every command with the words that call it. */
async function allCommands(
  nodes: readonly (Command | Group)[] = COMMANDS,
  words: readonly string[] = [],
): Promise<[string, Command][]> {
  const found = nodes.map(async (node): Promise<[string, Command][]> => {
    const own = [...words, node.name];
    return isGroup(node) ? allCommands(await node.load(), own) : [[own.join(' '), node]];
  });
  return (await Promise.all(found)).flat();
}

describe('every command', () => {
  test('is called by words of its own', async () => {
    const names = (await allCommands()).map(([name]) => name);
    expect(names.length).toBeGreaterThan(35);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has arguments and options of different names, and conflicts with options that it has', async () => {
    for (const [name, { arguments: args, options }] of await allCommands()) {
      const names = [...Object.keys(args), ...Object.keys(options)];
      expect([name, new Set(names).size]).toEqual([name, names.length]);
      const conflicts = Object.values(options).flatMap(({ conflicts: other }) => other ?? []);
      expect([name, conflicts.filter((other) => !names.includes(other))]).toEqual([name, []]);
    }
  });

  test('explains itself with --help', async () => {
    for (const [name] of await allCommands()) {
      const { io, outcome } = bufferedIo({ cwd: '/' });
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick enough
      const { code, stdout, stderr } = outcome(await runCommandLine([...name.split(' '), '--help'], io));
      expect([name, code, stderr]).toEqual([name, 0, '']);
      expect(stdout).toContain(`Usage: protector ${name}`);
    }
  });
});

/** Runs a command of the test's own. Resolves to the values that it got, and to how it ended. */
async function call(args: readonly string[], change: Partial<Io> = {}) {
  const { io, outcome } = bufferedIo({ cwd: '/place' }, change);
  let got: unknown;
  const probe = command({
    name: 'probe',
    summary: 'a command for this test',
    arguments: {
      first: { summary: 'a number', read: wholeNumber },
      second: { summary: 'a path', read: path, optional: true },
    },
    options: {
      place: { value: '<place>', read: place, summary: 'a place', env: 'PROBE_PLACE' },
      many: { value: '<n...>', read: wholeNumber, summary: 'numbers' },
      dir: { value: '<dir>', read: path, summary: 'a directory', default: 'here' },
      dryRun: { summary: 'a flag' },
    },
    run: (values) => {
      // The types are those of the declaration.
      const { first, second, many, dryRun } = values satisfies {
        readonly first: number;
        readonly second: string | undefined;
        readonly place: string | undefined;
        readonly many: readonly number[] | undefined;
        readonly dir: string;
        readonly dryRun: boolean;
      };
      got = { first, second, many, dryRun, place: values.place, dir: values.dir };
      return Promise.resolve(EXIT.bad);
    },
  });
  const program = { name: 'test', summary: '', version: '1', help: '', options: {}, nodes: [probe] };
  return { ...outcome(await runProgram(program, ['probe', ...args], io)), got };
}

describe('a command gets', () => {
  test('every member that it declares, undefined where it was not given', async () => {
    expect(await call(['7'])).toMatchObject({
      code: 1,
      got: { first: 7, second: undefined, place: undefined, many: undefined, dir: '/place/here', dryRun: false },
    });
  });

  test('what its readers make of the texts: paths in the working directory, addresses as they are', async () => {
    const args = ['7', 'file', '--many', '1', '2', '--place', 's3://b/c', '--dir', '/else', '--dry-run'];
    expect((await call(args)).got).toEqual({
      first: 7,
      second: '/place/file',
      place: 's3://b/c',
      many: [1, 2],
      dir: '/else',
      dryRun: true,
    });
  });

  test('an option from the environment that it is given, unless the command line has it', async () => {
    const env = { PROBE_PLACE: 'kept' };
    expect((await call(['7'], { env })).got).toMatchObject({ place: '/place/kept' });
    expect((await call(['7', '--place', 'other'], { env })).got).toMatchObject({ place: '/place/other' });
  });

  test('nothing where a text cannot be read: the exit code is 2', async () => {
    const { code, stderr, got } = await call(['seven']);
    expect([code, got]).toEqual([2, undefined]);
    expect(stderr).toMatch(/argument 'first'.* It must be a whole number from 1\./);
  });
});

const widthOf = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('help', () => {
  test.each([80, 200])('is as wide as a terminal of %i columns', async (columns) => {
    const { io, outcome } = bufferedIo({ cwd: '/' });
    const stdout = { ...io.stdout, columns };
    const text = outcome(await runCommandLine(['policy', '--help'], { ...io, stdout })).stdout;
    expect(widthOf(text)).toBeLessThanOrEqual(columns);
    expect(widthOf(text)).toBeGreaterThan(columns === 80 ? 70 : 100);
  });
});

test('a failure is red where the reader of standard error wants colour', async () => {
  const { io, outcome } = bufferedIo({ cwd: '/nowhere' });
  const stderr = { ...io.stderr, hasColour: true };
  const { code, stderr: said } = outcome(await runCommandLine(['policy', 'show'], { ...io, stderr }));
  expect(code).toBe(2);
  const [reset, red] = [39, 31].map((style) => `${String.fromCodePoint(0x1b)}[${style}m`);
  expect(said).toContain(`${red}protector:${reset} There is no workspace`);
});

test.each([
  ['KMS Decrypt failed: CredentialsProviderError', ': set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  ['S3 GetObject failed: ExpiredToken', ': the credentials have expired, log in again'],
  ['Lambda Invoke failed: Region is missing', ': set AWS_REGION'],
  ['S3 GetObject failed: AccessDenied', ''],
])('"%s" is followed by what to do', async (message, remedy) => {
  const { io, written } = bufferedIo({ cwd: '/nowhere' });
  expect(await failed(new CliError('CLI_USAGE', message), io)).toBe(EXIT.usage);
  expect(written()).toBe(`protector: ${message}${remedy}\n`);
});

const run = async (args: readonly string[], env: Record<string, string> = {}, cwd = '/nowhere') => {
  const { io, outcome } = bufferedIo({ cwd, settings: env, stdin: '{}' });
  return outcome(await runCommandLine(args, io));
};

/** The directory that a command names when it says that there is no workspace. */
const named = async (args: readonly string[], env: Record<string, string> = {}): Promise<string | undefined> =>
  /There is no workspace in (\S+):/.exec((await run(args, env)).stderr)?.[1];

describe('the workspace', () => {
  test('is named before the command, behind its noun, behind the command, or by PROTECTOR_DIR', async () => {
    expect(await named(['policy', 'show'])).toBe('/nowhere/.protector');
    expect(await named(['--dir', 'a', 'policy', 'show'])).toBe('/nowhere/a');
    expect(await named(['--dir=a', 'policy', 'show'])).toBe('/nowhere/a');
    expect(await named(['policy', '--dir', 'a', 'show'])).toBe('/nowhere/a');
    expect(await named(['policy', 'show', '--dir', 'a'])).toBe('/nowhere/a');
    const env = { PROTECTOR_DIR: 'e' };
    expect(await named(['policy', 'show'], env)).toBe('/nowhere/e');
    expect(await named(['--dir', 'a', 'policy', 'show'], env)).toBe('/nowhere/a');
    // The nearest to the command counts.
    expect(await named(['--dir', 'a', 'policy', 'show', '--dir', 'b'], env)).toBe('/nowhere/b');
  });

  test('may be named for every command, whether it has a use for it or not', async () => {
    for (const [name] of await allCommands()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick enough
      const { code, stderr } = await run([...name.split(' '), '--dir', 'x', '--help']);
      expect([name, code, stderr]).toEqual([name, 0, '']);
    }
    expect((await run(['methods', '--dir', 'x', '--json'])).code).toBe(0);
    expect((await run(['--help'])).stdout).toMatch(/--dir <dir>.*\n?.*env:\s+PROTECTOR_DIR/);
  });

  test('that is not there is said in the same words by every command that needs it', async () => {
    const needs: string[][] = [
      ['query', 'select 1'],
      ['invoke', 'redshift', '--event', '-'],
      ['serve', '--port', '0'],
      ['policy', 'check'],
      ['policy', 'lint'],
      ['policy', 'test'],
      ['policy', 'diff'],
      ['policy', 'explain', '--user', 'u', '--element', 'e'],
      ['policy', 'add-element', 'x', '--type', 'numeric'],
      ['policy', 'add-role', 'x'],
      ['policy', 'grant', 'x', 'y', '--protect'],
      ['policy', 'revoke', 'x', 'y'],
      ['policy', 'rotate', 'x'],
      ['policy', 'rotate', '--all'],
      ['policy', 'seal'],
      ['policy', 'rollback'],
      ['policy', 'show'],
      ['keys', 'list'],
      ['keys', 'rotate'],
      ['keys', 'compromise', '1'],
      ['tenants', 'init'],
      ['tenants', 'check'],
      ['tenants', 'seal'],
      ['tenants', 'show'],
      ['tenants', 'rotate', 'acme'],
      ['tenants', 'archive', 'acme', '1'],
      ['tenants', 'api-key', 'x'],
      ['audit', 'verify'],
      ['audit', 'seal'],
      ['audit', 'replay'],
      ['audit', 'prove', '0'],
      ['audit', 'export'],
      ['audit', 'query', 'select 1'],
      ['audit', 'report'],
      ['audit', 'keys', 'list'],
      ['audit', 'keys', 'rotate', 'records'],
      ['ddl', 'redshift'],
      ['ddl', 'snowflake'],
      ['events', 'tail'],
      ['events', 'test', 'acme'],
      ['events', 'status'],
      ['events', 'dead-letters'],
      ['events', 'redrive'],
    ];
    const cwd = mkdtempSync(join(tmpdir(), 'protector-nowhere-'));
    const dir = join(cwd, '.protector');
    const said: [string, number | null, string][] = [];
    for (const args of needs) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is quick enough
      const { code, stderr } = await run(args, {}, cwd);
      said.push([args.join(' '), code, stderr]);
    }
    const message = `protector: There is no workspace in ${dir}: run "protector init --dir ${dir}" first (--policy takes your policy, --from drafts one from your data), or name another by --dir or PROTECTOR_DIR\n`;
    expect(said).toEqual(said.map(([words]) => [words, 2, message]));
    // Nor is one begun.
    expect(existsSync(dir)).toBe(false);
    rmSync(cwd, { recursive: true });
  });
});

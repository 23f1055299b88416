// Completion: what fits behind the words of a command line, and the scripts in real shells.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../functions/cli/commands.ts';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { bufferedIo, childEnvironment, COMMAND, prepare } from '../support/command.ts';

let cwd: string;
let bin: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'protector-complete-'));
  bin = join(cwd, 'bin');
  mkdirSync(bin);
  // As `npm link` would install it.
  writeFileSync(join(bin, 'protector'), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(join(bin, 'protector'), 0o755);
  await prepare(['init', '--dir', join(cwd, '.protector')], { cwd });
  await prepare(['policy', 'add-role', 'support', '--member', 'ANN LEE', '--dir', join(cwd, '.protector')], { cwd });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** What is offered in place of the last word; the words alone. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const { io, outcome } = bufferedIo({ cwd });
  const { code, stdout, stderr } = outcome(await runCommandLine(['__complete', ...words], io));
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0]!);
}

describe('offered are', () => {
  test('all commands, and those of a noun', async () => {
    expect(await offered('')).toEqual(COMMANDS.map(({ name }) => name));
    expect(await offered('pol')).toEqual(['policy']);
    expect(await offered('policy', 'ro')).toEqual(['rotate', 'rollback']);
    expect(await offered('audit', 'keys', '')).toEqual(['list', 'rotate', 'add']);
    expect(await offered('nothing', '')).toEqual(['']);
  });

  test('options that are not there yet', async () => {
    const options = await offered('policy', 'explain', '--user', 'x', '--');
    expect(options).toEqual(expect.arrayContaining(['--element', '--dir', '--json', '--help']));
    expect(options).not.toContain('--user');
    expect(await offered('--d')).toEqual(['--dir']);
  });

  test('choices of an option and of an argument', async () => {
    expect(await offered('query', '--via', '')).toEqual(['redshift', 'snowflake']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await offered('policy', 'grant', 'analyst', 'deSSN', '--no-access', 'p')).toEqual(['protected']);
  });

  test('elements, roles, users and types', async () => {
    expect(await offered('policy', 'explain', '--element', 'deC')).toEqual(['deCity', 'deCCN']);
    expect(await offered('policy', 'grant', '')).toEqual(['administrator', 'analyst', 'auditor', 'support']);
    expect(await offered('policy', 'grant', 'analyst', 'deSSN', 'deZ')).toEqual(['deZip']);
    expect(await offered('query', '--user', '')).toEqual(['test_user', 'analyst', 'auditor', 'ANN LEE']);
    expect(await offered('policy', 'add-element', 'x', '--type', 'upper')).toContain('upper-case-alpha-numeric');
  });

  test('the names of the workspace that is named, and none where there is none', async () => {
    const dir = join(cwd, '.protector');
    for (const words of [['--dir', dir], [`--dir=${dir}`]]) {
      expect(await offered(...words, 'policy', 'rotate', 'deZ')).toEqual(['deZip']);
      expect(await offered('policy', 'rotate', ...words, 'deZ')).toEqual(['deZip']);
    }
    expect(await offered('--dir', join(cwd, 'absent'), 'policy', 'rotate', 'de')).toEqual(['']);
  });

  test('files and directories, by the shell', async () => {
    expect(await offered('discover', 'p')).toEqual([':files']);
    expect(await offered('query', '-f', '')).toEqual([':files']);
    expect(await offered('init', '--from', 'a.csv', 'b')).toEqual([':files']);
    expect(await offered('query', '--dir', '')).toEqual([':directories']);
  });
});

const environment = () => ({ ...childEnvironment(), PATH: `${bin}:${process.env['PATH']}` });
const shell = (program: string, args: readonly string[]): string[] =>
  execFileSync(program, args, { cwd, env: environment(), encoding: 'utf8' }).trimEnd().split('\n');

const inBash = (...words: readonly string[]): string[] => {
  const quoted = ['protector', ...words].map((word) => `'${word}'`).join(' ');
  const script = `eval "$(protector completion bash)"
    COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
    complete -p protector
    _protector
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shell('bash', ['--norc', '-c', script]);
};

describe('in bash', () => {
  test('the script registers itself, and completes commands, choices and names', () => {
    expect(inBash('policy', 'ro')).toEqual([expect.stringContaining('-F _protector protector'), 'rotate', 'rollback']);
    expect(inBash('query', '--via', 'sn').slice(1)).toEqual(['snowflake']);
    expect(inBash('policy', 'explain', '--element', 'deC').slice(1)).toEqual(['deCity', 'deCCN']);
    expect(inBash('query', '--user', 'ANN').slice(1)).toEqual([String.raw`ANN\ LEE`]);
    expect(inBash('discover', '').slice(1)).toEqual([]);
  });
});

/** Cross-checks: CI installs both shells. */
const { ZSH_SHELL, FISH_SHELL } = process.env;

const inZsh = (...words: readonly string[]): string[] => {
  const quoted = ['protector', ...words].map((word) => `'${word}'`).join(' ');
  const script = `autoload -Uz compinit && compinit -u -D
    eval "$(protector completion zsh)"
    print -r -- "$_comps[protector]"
    _describe() { print -rl -- "\${(@P)3}" }
    _files() { print -r -- files "$@" }
    words=(${quoted}); CURRENT=$#words
    _protector`;
  return shell(ZSH_SHELL!, ['-f', '-c', script]);
};

(ZSH_SHELL === undefined ? describe.skip : describe)('in zsh', () => {
  test('the script registers itself, and completes commands, names and files', () => {
    expect(inZsh('policy', 'ro')).toEqual([
      '_protector',
      expect.stringMatching(/^rotate:/),
      expect.stringMatching(/^rollback:/),
    ]);
    expect(inZsh('policy', 'explain', '--element', 'deC').slice(1)).toEqual(['deCity:element', 'deCCN:element']);
    expect(inZsh('discover', '').slice(1)).toEqual(['files']);
    expect(inZsh('query', '--dir', '').slice(1)).toEqual(['files -/']);
  });
});

const inFish = (line: string): string[] =>
  shell(FISH_SHELL!, ['--no-config', '-c', `protector completion fish | source; complete -C '${line}'`]);

(FISH_SHELL === undefined ? describe.skip : describe)('in fish', () => {
  test('the script completes commands, names and files', () => {
    expect(inFish('protector policy ro').map((each) => each.split('\t')[0])).toEqual(
      expect.arrayContaining(['rotate', 'rollback']),
    );
    expect(inFish('protector policy explain --element deC').map((each) => each.split('\t')[0])).toEqual(
      expect.arrayContaining(['deCity', 'deCCN']),
    );
    writeFileSync(join(cwd, 'people.csv'), '');
    expect(inFish('protector discover peo').map((each) => each.split('\t')[0])).toContain('people.csv');
  });
});

// The `protector` command: in the process of the test, over buffers, or as a process of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import type { Io, Output } from '../../functions/cli/core/io.ts';
import { childEnvironment as environmentAt } from './child.ts';

export const COMMAND = fileURLToPath(new URL('../../functions/cli/protector.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string>>;

export interface Surroundings {
  readonly cwd: string;
  readonly stdin?: string;
  /** The environment of the command, or for a process of its own what is added to it. */
  readonly settings?: Variables;
}

/** Runs a command line in this process. It shares nothing with it but the file system, the clock and `settings`. */
export async function runProtector(args: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  const { io, outcome } = bufferedIo(surroundings);
  const { settings } = surroundings;
  const run = (): Promise<number> => runCommandLine(args, io);
  return outcome(await (settings === undefined ? run() : withVariables(settings, run)));
}

/** Runs a command line that a test builds on. Resolves to its standard output; rejects unless it ends with 0. */
export async function prepare(args: readonly string[], surroundings: Surroundings): Promise<string> {
  const { code, stdout, stderr } = await runProtector(args, surroundings);
  if (code !== 0) throw new Error(`protector ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

interface BufferedIo {
  readonly io: Io;
  readonly written: () => string;
  readonly outcome: (code: number) => Outcome;
}

/** Makes an `Io` of buffers, without a terminal. */
export function bufferedIo({ cwd, stdin = '', settings = {} }: Surroundings, change: Partial<Io> = {}): BufferedIo {
  const texts = { stdout: '', stderr: '' };
  const buffer = (name: keyof typeof texts): Output => ({
    write: (chunk, done) => {
      texts[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      done?.();
    },
    isTerminal: false,
    hasColour: false,
    columns: undefined,
  });
  const io: Io = {
    stdin: (async function* () {
      yield stdin;
    })(),
    stdout: buffer('stdout'),
    stderr: buffer('stderr'),
    env: settings,
    nowMs: Date.now,
    at: (path) => resolve(cwd, path),
    stopped: () => new Promise(() => {}),
    ...change,
  };
  return { io, written: () => texts.stdout + texts.stderr, outcome: (code) => ({ code, ...texts }) };
}

/** Has the variables in `process.env` while `run` runs: the AWS SDK and the forwarder read their settings there. */
async function withVariables<T>(variables: Variables, run: () => Promise<T>): Promise<T> {
  const changed: Variables = { HOME: home(), ...variables };
  const before = Object.keys(changed).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, changed);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** Runs a command line as people do: in a process of its own. */
export function spawnProtector(args: readonly string[], { cwd, stdin = '', settings }: Surroundings): Promise<Outcome> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env: childEnvironment(settings) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
    child.stdin.on('error', () => {}); // a command that does not read it may be gone already
    child.stdin.end(stdin);
  });
}

/** Returns the environment of a child process: a home and a temporary folder of its own, no credentials, no colours. */
export function childEnvironment(settings: Variables = {}): Record<string, string> {
  return environmentAt(home(), settings);
}

let made: string | undefined;

/** The home of the child processes of a test file. */
function home(): string {
  made ??= mkdtempSync(join(tmpdir(), 'protector-home-'));
  return made;
}

afterAll(() => {
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
});

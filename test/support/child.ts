// Child processes of tests. Each gets a home, a temporary folder and an environment of its own, so that the settings,
// caches and credentials of the person who runs the tests do not reach it.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Holds `node`, which is the Node of the package. */
const BINARIES = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

/** Where Node keeps the compiled code of all children: starting one takes half the time. It is of this checkout. */
export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/tests-compiled', import.meta.url));

/** Where and in which language the tests run: the only settings that a child inherits. */
const INHERITED = ['TZ', 'LANG', 'LC_ALL', 'SystemRoot'];

export interface Exit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly cwd: string;
  /** A folder of the test: home, temporary folder and cache of the CDK are in it. */
  readonly home: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Returns the environment of a child: `variables`, a search path, and the folders of `home`, which it makes. */
export function childEnvironment(
  home: string,
  variables: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => INHERITED.includes(name)) as [string, string][];
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    ...Object.fromEntries(inherited),
    PATH: `${BINARIES}:${process.env['PATH']}`,
    HOME: home,
    TMPDIR: temporary,
    // The CDK asks the system, not HOME, for the home of the user.
    CDK_HOME: join(home, 'cdk'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_COMPILE_CACHE: COMPILED,
    ...variables,
  };
}

/** Runs Node with arguments; resolves to what it printed and how it ended. */
export function runNode(args: readonly string[], options: ChildOptions): Promise<Exit> {
  return run(process.execPath, args, options);
}

/** Runs a program with arguments; resolves to what it printed and how it ended. */
export function run(program: string, args: readonly string[], options: ChildOptions): Promise<Exit> {
  const { cwd, home, variables } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: childEnvironment(home, variables),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...printed }));
  });
}

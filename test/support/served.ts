// `protector serve` while it listens: in the process of the test, or as a process of its own.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { runCommandLine } from '../../functions/cli/command-line.ts';
import { bufferedIo, childEnvironment, COMMAND } from './command.ts';

export interface Served {
  readonly origin: string;
  readonly process: ChildProcessWithoutNullStreams;
  readonly output: () => string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a command in a workspace to its end, in a process of its own. Throws if it fails. */
export function protector(directory: string, ...args: readonly string[]): string {
  const env = childEnvironment();
  return execFileSync(process.execPath, [COMMAND, ...args, '--dir', directory], { encoding: 'utf8', env });
}

/** Starts `serve` in a process of its own. Resolves when it listens; rejects if it ends before. */
export async function serve(
  directory: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const env = childEnvironment(variables);
  const child = spawn(process.execPath, [COMMAND, 'serve', '--dir', directory, ...args], { env });
  return started(child, 'serve');
}

async function started(child: ChildProcessWithoutNullStreams, name: string): Promise<Served> {
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /http:\/\/\S+/.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', (code) => reject(new Error(`${name} ended with ${code}: ${output}`)));
  });
  return { origin, process: child, output: () => output, ended };
}

export interface ServedHere {
  readonly origin: string;
  readonly output: () => string;
  /** Tells it to stop. Resolves to the exit code. */
  readonly stop: () => Promise<number>;
}

/** Starts `serve` in this process, on a free port. Resolves when it listens; rejects if it ends before. */
export function serveHere(directory: string, ...args: readonly string[]): Promise<ServedHere> {
  return listenHere(directory, ['serve', '--dir', directory, '--port', '0', ...args]);
}

/** Runs a command that listens in this process. Resolves when it does; rejects if it ends before. */
export async function listenHere(cwd: string, args: readonly string[]): Promise<ServedHere> {
  const stopped = Promise.withResolvers<void>();
  const listening = Promise.withResolvers<string>();
  const { io, written } = bufferedIo({ cwd }, { stopped: () => stopped.promise });
  const stdout: typeof io.stdout = {
    ...io.stdout,
    write: (chunk, done) => {
      io.stdout.write(chunk, done);
      const origin = /http:\/\/\S+/.exec(written())?.[0];
      if (origin !== undefined) listening.resolve(origin);
    },
  };
  const ended = runCommandLine(args, { ...io, stdout });
  void ended.then((code) => listening.reject(new Error(`${args[0]} ended with ${code}: ${written()}`)));
  return {
    origin: await listening.promise,
    output: written,
    stop: () => {
      stopped.resolve();
      return ended;
    },
  };
}

/** Starts a command that listens in a process of its own. Resolves when it does; rejects if it ends before. */
export async function listenApart(
  cwd: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Served> {
  return started(spawn(process.execPath, [COMMAND, ...args], { cwd, env: childEnvironment(variables) }), args[0] ?? '');
}

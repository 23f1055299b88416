// The `protector` command as a process of its own, and its `serve` while it listens.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../functions/cli/protector.js', import.meta.url));

export interface Served {
  readonly origin: string;
  readonly process: ChildProcessWithoutNullStreams;
  readonly output: () => string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a command in a workspace to its end. Throws if it fails. */
export function protector(directory: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, [COMMAND, ...args, '--dir', directory], { encoding: 'utf8' });
}

/** Resolves when it listens; rejects if it ends before. `variables` are added to the environment. */
export async function serve(
  directory: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, [COMMAND, 'serve', '--dir', directory, ...args], { env });
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
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}: ${output}`)));
  });
  return { origin, process: child, output: () => output, ended };
}

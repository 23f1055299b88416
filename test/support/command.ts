// The command as people run it: a child process.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const COMMAND = fileURLToPath(new URL('../../functions/cli/protector.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process without a terminal, and without what jest or the shell say about colours and options. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|NO_COLOR|FORCE_COLOR|JEST_.*)$/.test(name)),
);

/** Runs `protector` in a directory, with settings beside those of this process. */
export function runProtector(
  args: readonly string[],
  { cwd, stdin = '', settings = {} }: { cwd: string; stdin?: string; settings?: Readonly<Record<string, string>> },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env: { ...ENVIRONMENT, ...settings } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => {}); // a command that does not read it may be gone already
    child.stdin.end(stdin);
  });
}

// Runs check programs around public clients; each prints one line per check: `ok` or the deviation.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program that ends with an error has printed why: that is a failed check too. */
const printed = (error: unknown) => {
  const { stdout, stderr } = error as { stdout: string; stderr: string };
  return { stdout: `${stdout}\nFAILED  ended: ${stderr.trim().split('\n').at(-1)}`, stderr };
};

/** The lines that a check prints. Throws if there are none. */
export async function checksOf(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<string[]> {
  const env = { ...process.env, ...variables };
  const { stdout, stderr } = await run(program, args, { env }).catch(printed);
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length === 0) throw new Error(`${program} checked nothing: ${stderr}`);
  return lines;
}

/** Of the lines of a check, those that say that it failed. */
export const failures = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('ok'));

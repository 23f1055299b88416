// The command of the CDK, over the stacks as they are.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChildOptions, runNode } from '../support/child.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');

/**
 * Runs `cdk` and resolves to what it printed; rejects with that when it fails. In the default `cwd`, the repository, it
 * writes the templates of the stacks first.
 */
export async function cdk(
  args: readonly string[],
  { cwd = ROOT, ...options }: Omit<ChildOptions, 'cwd'> & Partial<Pick<ChildOptions, 'cwd'>>,
): Promise<string> {
  const { code, stdout, stderr } = await runNode([COMMAND, ...args, '--no-notices', '--no-color'], { cwd, ...options });
  const output = `${stdout}${stderr}`;
  if (code !== 0) throw new Error(`cdk ${args[0]} failed (${code}):\n${output}`);
  return output;
}

// The CDK's own command, over the stacks as they are.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');

/**
 * Runs `cdk` with variables by which it reaches its AWS; resolves to what it printed, rejects with that when it fails. `cwd`: with
 * the repository's own, the stacks are written first.
 */
export async function cdk(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  cwd = ROOT,
): Promise<string> {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const path = `${join(ROOT, 'node_modules/.bin')}:${environment['PATH']}`; // `node` of cdk.json is that of the package
  const child = spawn(process.execPath, [COMMAND, ...args, '--no-notices', '--no-color'], {
    cwd,
    env: { ...environment, ...variables, PATH: path, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`cdk ${args[0]} failed (${code}):\n${output}`);
  return output;
}

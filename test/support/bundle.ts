import { execSync } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the build of package.json into a new directory: a folder per function, as it is uploaded to Lambda. */
export async function buildBundles(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { build: string; postbuild: string };
  };
  for (const script of [`${scripts.build} --log-level=error`, scripts.postbuild]) {
    const command = script.replaceAll(/(?<==| )dist(?=\/| |$)/g, directory);
    execSync(`PATH=node_modules/.bin:$PATH; ${command}`, { cwd: ROOT });
  }
  return directory;
}

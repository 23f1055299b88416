import { execSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the build of package.json into a new directory: a folder per function, as it is uploaded to Lambda. */
export async function buildBundles(functions: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: { build: string } };
  const command = scripts.build.replace(/--outdir=\S+/, `--outdir=${directory} --log-level=error`);
  execSync(`node_modules/.bin/${command}`, { cwd: ROOT });
  for (const name of functions) {
    await copyFile(join(ROOT, 'functions/lambda-entry.mjs'), join(directory, name, 'index.mjs'));
  }
  return directory;
}

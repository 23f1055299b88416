import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../../infra/build.ts', import.meta.url));

/** Runs the build into a new directory: a folder per function, as it is uploaded to Lambda. */
export async function buildBundles(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  buildInto(directory);
  return directory;
}

export function buildInto(directory: string): void {
  execFileSync(process.execPath, [BUILD, '--outdir', directory]);
}

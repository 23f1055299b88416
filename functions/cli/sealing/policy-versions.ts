// The policies that a workspace sealed, each under its version: `protector policy rollback` goes back to one of them.
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../lib/base/error-code.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Keeps a copy of the sealed policy in force, which has `version`. */
export async function keepVersion(ws: Workspace, version: number): Promise<void> {
  await mkdir(ws.policyVersions, { recursive: true, mode: 0o700 });
  try {
    await copyFile(ws.sealedPolicy, versionPath(ws, version), constants.COPYFILE_EXCL);
  } catch (error) {
    // A version is sealed once, so the copy that is there is the same.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Lists the kept versions, newest first. */
export async function keptVersions(ws: Workspace): Promise<number[]> {
  const names = await readdir(ws.policyVersions).catch(() => []);
  const versions = names.map((name) => /^(\d+)\.sealed\.json$/.exec(name)?.[1]).filter((text) => text !== undefined);
  return versions.map(Number).toSorted((a, b) => b - a);
}

/** Returns the path of a kept version. */
export function versionPath(ws: Workspace, version: number): string {
  return join(ws.policyVersions, `${version}.sealed.json`);
}

// The policies that a workspace has sealed, each under its version: what `protector policy rollback` goes back to.

import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../lib/base/error-code.ts';
import type { Workspace } from './workspace.ts';

/** Makes sure that the sealed policy in force, which is that of `version`, is among the kept ones. */
export async function keepSealed(ws: Workspace, version: number): Promise<void> {
  await mkdir(ws.sealedVersions, { recursive: true, mode: 0o700 });
  try {
    await copyFile(ws.sealedPolicy, sealedVersion(ws, version), constants.COPYFILE_EXCL);
  } catch (error) {
    // A version is sealed once, so what is there is the same.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Versions that are kept, newest first. */
export async function sealedVersions(ws: Workspace): Promise<number[]> {
  const names = await readdir(ws.sealedVersions).catch(() => []);
  const versions = names.map((name) => /^(\d+)\.sealed\.json$/.exec(name)?.[1]).filter((text) => text !== undefined);
  return versions.map(Number).toSorted((a, b) => b - a);
}

/** Where a version is kept. */
export function sealedVersion(ws: Workspace, version: number): string {
  return join(ws.sealedVersions, `${version}.sealed.json`);
}

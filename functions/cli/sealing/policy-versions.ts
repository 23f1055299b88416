// The policies that a workspace sealed, each under its version: `protector policy rollback` goes back to one of them.
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../lib/base/error-code.ts';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { openPolicy } from '../../../lib/policy/bundle.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import { CliError } from '../core/exit.ts';
import { checkInForce } from './policy-floor.ts';
import { type FoundPolicy, openFoundPolicy } from './sealed-policy.ts';
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

/**
 * Opens the policy of a version: the one in force, which it is by default, or one that the workspace keeps. Rejects with
 * `CliError` for a version that it does not keep, and as `openSealedPolicy` does.
 */
export async function openPolicyVersion(ws: Workspace, version: number | undefined): Promise<FoundPolicy> {
  const keys = insecureLocalKeyService(ws.localKey);
  const found = await openFoundPolicy(ws, keys);
  await checkInForce(ws, found.bundle);
  if (version === undefined || String(version) === found.version) return found;
  const kept = await keptVersions(ws);
  if (kept.includes(version)) return openKeptVersion(ws, keys, version);
  const choice = [...new Set([Number(found.version), ...kept])].toSorted((a, b) => b - a).join(', ');
  throw new CliError('CLI_BAD', `There is no version ${version} here; versions that are: ${choice}`);
}

/** Opens a kept version. Rejects with `CliError` for a file that holds another, and as `openPolicy` does. */
export async function openKeptVersion(ws: Workspace, keys: KeyService, version: number): Promise<FoundPolicy> {
  const path = versionPath(ws, version);
  const bundle = await readBundle(path, 'policy');
  const opened = await openPolicy(keys, bundle);
  if (opened.version === String(version)) return { ...opened, bundle };
  throw new CliError('CLI_BAD', `${path} holds version ${opened.version}, and not ${version}`);
}

/** Returns the path of a kept version. */
function versionPath(ws: Workspace, version: number): string {
  return join(ws.policyVersions, `${version}.sealed.json`);
}

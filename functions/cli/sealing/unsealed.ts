// Whether the files of a workspace are what is in force.
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { settled } from '../../../lib/base/attempt.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { DocumentError } from '../../../lib/document/problem.ts';
import type { PolicyContent } from '../../../lib/policy/bundle.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { say, styled } from '../output/text.ts';
import { dirOption, isInitialised, type Workspace } from '../workspace/workspace.ts';
import { keptVersions, openKeptVersion } from './policy-versions.ts';
import { openSealedPolicy } from './sealed-policy.ts';

/** Says on standard error where the policy file is not what is sealed: commands read what is sealed. */
export async function sayIfUnsealed(ws: Workspace, io: Io): Promise<void> {
  const hint = await unsealedHint(ws);
  if (hint !== undefined) say(io, styled(io.stderr, 'dim', `note: ${hint}`));
}

/** Returns what to do where the policy file is not what is sealed, else nothing. */
export async function unsealedHint(ws: Workspace): Promise<string | undefined> {
  const file = jsonOrYaml(ws.policy);
  if (!existsSync(file) || !isInitialised(ws)) return undefined;
  const dir = dirOption(ws);
  try {
    const { policy, mapping } = await readWorkspacePolicy(ws);
    const { version, content } = await openSealedPolicy(ws);
    const written = { policy, mapping };
    if (isSame(content, written)) return undefined;
    const left = await versionLeft(ws, Number(version), written);
    if (left !== undefined) {
      return `${file} is still version ${left}, and version ${version} is in force since a rollback: "protector policy seal${dir}" puts the file in force again, as a new version`;
    }
    return `${file} has changed since it was sealed: "protector policy diff${dir}" says how, "protector policy seal${dir}" puts it in force`;
  } catch (error) {
    // What is wrong with the sealed policy is said by the commands that need it.
    if (!(error instanceof ProtectorError)) throw error;
    if (!(error instanceof DocumentError || error instanceof CliError)) return undefined;
    return `${file} has problems and is not what is in force: "protector policy check${dir}" names them`;
  }
}

type Written = Pick<PolicyContent, 'policy' | 'mapping'>;

/** Compares as "policy diff" does: a policy that an earlier release sealed may lack members that have no meaning yet. */
function isSame(sealed: Written, written: Written): boolean {
  return diffPolicies(sealed.policy, written.policy).length === 0 && isDeepStrictEqual(written.mapping, sealed.mapping);
}

/** A workspace that was rolled back over more versions is told what an edited file is told. */
const MOST_VERSIONS = 20;

/** Returns the version that a rollback left and that the files still are; undefined where there is none. */
async function versionLeft(ws: Workspace, inForce: number, written: Written): Promise<number | undefined> {
  const keys = insecureLocalKeyService(ws.localKey);
  const newer = (await keptVersions(ws)).filter((version) => version > inForce);
  for (const version of newer.slice(0, MOST_VERSIONS)) {
    // oxlint-disable-next-line no-await-in-loop -- the newest is it, most of the time
    const kept = await settled(openKeptVersion(ws, keys, version));
    if (kept.ok && isSame(kept.value.content, written)) return version;
  }
  return undefined;
}

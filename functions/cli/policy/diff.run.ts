import { diffPolicies } from '../../../lib/policy/diff.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import type { Agent } from '../agent/ask.ts';
import { livedPolicy } from '../agent/lived-policy.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { policyFileOf, readPolicyFile } from '../documents/policy.ts';
import { printChanges } from '../output/changes.ts';
import { done, print } from '../output/text.ts';
import { openPolicyVersion } from '../sealing/policy-versions.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/** One side of a comparison: a file, or a version that is or was in force. */
interface Side {
  readonly file: string | undefined;
  readonly version: number | undefined;
}

/** What is compared, and whose versions: those of `agent`, or else of the workspace. */
export interface Compared {
  readonly ws: Workspace;
  readonly agent: Agent | undefined;
  readonly old: Side;
  readonly changed: Side;
}

/**
 * Prints in words what changes from one policy to the other. Without files and versions it is what sealing, or uploading, the
 * policy file of the workspace would change.
 */
export async function printPolicyDiff(compared: Compared, json: boolean, io: Io): Promise<ExitCode> {
  const { ws, old, changed } = compared;
  for (const { file, version } of [old, changed]) {
    if (file === undefined || version === undefined) continue;
    throw new CliError('CLI_USAGE', `Give a file or a version, and not both: ${file} and ${version}`);
  }
  const before = old.file === undefined ? await versionOf(compared, old.version) : await readPolicyFile(old.file);
  const after =
    changed.version === undefined
      ? await readPolicyFile(changed.file ?? policyFileOf(ws))
      : await versionOf(compared, changed.version);
  const changes = diffPolicies(before, after);
  if (json) {
    print(io, JSON.stringify(changes));
    return EXIT.ok;
  }
  if (changes.length === 0) print(io, done(io, 'no change'));
  else printChanges(io, changes);
  return EXIT.ok;
}

async function versionOf({ ws, agent }: Compared, version: number | undefined): Promise<PolicyDocument> {
  if (agent !== undefined) return (await livedPolicy(agent, { policyVersion: version, at: undefined })).policy;
  requireInitialised(ws);
  return (await openPolicyVersion(ws, version)).content.policy;
}

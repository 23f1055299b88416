import { diffPolicies } from '../../../lib/policy/diff.ts';
import type { Change } from '../../../lib/policy/diff-lists.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import type { Agent } from '../agent/ask.ts';
import { livedPolicy } from '../agent/lived-policy.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io, Output } from '../core/io.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { readPolicyFile } from '../documents/policy.ts';
import { done, print, styled } from '../output/text.ts';
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

const LEGEND = '+ more access   - less access   ! tokens become unreadable';

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
      ? await readPolicyFile(changed.file ?? jsonOrYaml(ws.policy))
      : await versionOf(compared, changed.version);
  const changes = diffPolicies(before, after);
  if (json) {
    print(io, JSON.stringify(changes));
    return EXIT.ok;
  }
  for (const { effect, text } of changes) print(io, `${mark(io.stdout, effect)} ${text}`);
  print(io, changes.length === 0 ? done(io, 'no change') : styled(io.stdout, 'dim', LEGEND));
  return EXIT.ok;
}

function mark(output: Output, effect: Change['effect']): string {
  switch (effect) {
    case 'widens':
      return styled(output, 'cyan', '+');
    case 'narrows':
      return '-';
    case 'unreadable':
      return styled(output, 'red', '!');
    case 'neutral':
    default:
      return '·';
  }
}

async function versionOf({ ws, agent }: Compared, version: number | undefined): Promise<PolicyDocument> {
  if (agent !== undefined) return (await livedPolicy(agent, { policyVersion: version, at: undefined })).policy;
  requireInitialised(ws);
  return (await openPolicyVersion(ws, version)).content.policy;
}

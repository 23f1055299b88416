// Whether the files of a workspace are what is in force.
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { DocumentError } from '../../../lib/document/problem.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { say, styled } from '../output/text.ts';
import { dirOption, isInitialised, type Workspace } from '../workspace/workspace.ts';
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
    const { content } = await openSealedPolicy(ws);
    // What "policy diff" shows: a policy that an earlier release sealed may lack members that have no meaning yet.
    const isSame = diffPolicies(content.policy, policy).length === 0 && isDeepStrictEqual(mapping, content.mapping);
    if (isSame) return undefined;
    return `${file} has changed since it was sealed: "protector policy diff${dir}" says how, "protector policy seal${dir}" puts it in force`;
  } catch (error) {
    // What is wrong with the sealed policy is said by the commands that need it.
    if (!(error instanceof ProtectorError)) throw error;
    if (!(error instanceof DocumentError || error instanceof CliError)) return undefined;
    return `${file} has problems and is not what is in force: "protector policy check${dir}" names them`;
  }
}

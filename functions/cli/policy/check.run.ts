import type { Problem } from '../../../lib/document/problem.ts';
import { checkKeys } from '../../../lib/policy/check-keys.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspacePolicy, type WrittenPolicy } from '../documents/policy.ts';
import { done, print, sayFailure } from '../output/text.ts';
import { keyringIfAny } from '../sealing/keyring.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Checks the policy and mapping files. Rejects with `PolicyError`, which holds every problem. */
export async function checkPolicy(ws: Workspace, json: boolean, io: Io): Promise<ExitCode> {
  try {
    const { policyFile, policy } = await readChecked(ws);
    const { name, elements, roles } = policy;
    const counts = { elements: elements.length, roles: roles.length };
    if (json) print(io, JSON.stringify({ valid: true, policy: name, ...counts, problems: [] }));
    else print(io, done(io, `${policyFile}: ${name}, ${counts.elements} elements, ${counts.roles} roles`));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof PolicyError) || !json) throw error;
    print(io, JSON.stringify({ valid: false, problems: error.problems satisfies readonly Problem[] }));
    sayFailure(io, `${error.what} is refused`);
    return EXIT.bad;
  }
}

/** Reads the files of a workspace, and checks them against its keyring where it has one. Rejects with `PolicyError`. */
async function readChecked(ws: Workspace): Promise<WrittenPolicy> {
  const written = await readWorkspacePolicy(ws);
  const keyring = await keyringIfAny(ws);
  const problems = keyring === undefined ? [] : checkKeys(written.policy, keyring);
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  return written;
}

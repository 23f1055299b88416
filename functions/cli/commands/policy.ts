import { existsSync } from 'node:fs';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { checkKeys } from '../../../lib/policy/check-keys.ts';
import type { Problem } from '../../../lib/document/problem.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import type { OpenedKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { CliError } from '../failure.ts';
import { print, styled } from '../output.ts';
import { type PolicyFiles, readPolicyFiles } from '../policy-files.ts';
import { findKeyring, openSealed, sealWorkspace } from '../seal.ts';
import { isInitialised, type Workspace, workspace } from '../workspace.ts';

/** `protector policy check`: says everything that is wrong with the policy and mapping files. */
export async function policyCheck(options: { dir: string; json?: boolean }): Promise<void> {
  const ws = workspace(options.dir);
  try {
    const { policyFile, policy } = await checkedFiles(ws);
    const { name, elements, roles } = policy;
    if (options.json === true) {
      print(
        JSON.stringify({ valid: true, policy: name, elements: elements.length, roles: roles.length, problems: [] }),
      );
    } else {
      print(`${styled('green', '✓')} ${policyFile}: ${name}, ${elements.length} elements, ${roles.length} roles`);
    }
  } catch (error) {
    if (!(error instanceof PolicyError) || options.json !== true) throw error;
    print(JSON.stringify({ valid: false, problems: error.problems satisfies readonly Problem[] }));
    throw new CliError('CLI_BAD', `${error.what} is refused`);
  }
}

/** `protector policy seal`: makes the policy file the one that the protector reads, under the keys it has. */
export async function policySeal(options: { dir: string; json?: boolean }): Promise<void> {
  const ws = workspace(options.dir);
  const { name, version } = await sealWorkspace(ws);
  if (options.json === true) return print(JSON.stringify({ file: ws.sealedPolicy, policy: name, version }));
  print(`${styled('green', '✓')} ${ws.sealedPolicy}: ${name} version ${version}`);
}

/** The files of a workspace, checked by themselves and against its keyring, if it has one. Rejects with `PolicyError`. */
async function checkedFiles(ws: Workspace): Promise<PolicyFiles> {
  const files = await readPolicyFiles(ws);
  const keyring = await workspaceKeyring(ws);
  const problems = keyring === undefined ? [] : checkKeys(files.policy, keyring);
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  return files;
}

/** The keyring of a workspace; `undefined` where `protector init` has not been, and there are only files to look at. */
export async function workspaceKeyring(ws: Workspace): Promise<OpenedKeyring | undefined> {
  if (!existsSync(ws.localKey)) return undefined;
  const keys = insecureLocalKeyService(ws.localKey);
  return findKeyring(ws, keys, isInitialised(ws) ? await openSealed(ws, keys) : undefined);
}

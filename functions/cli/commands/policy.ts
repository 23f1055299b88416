import { print, styled } from '../output.ts';
import { readPolicyFiles, sealWorkspace } from '../seal.ts';
import { workspace } from '../workspace.ts';

/** `protector policy check`: says everything that is wrong with the policy and mapping files. */
export async function policyCheck(options: { dir: string }): Promise<void> {
  const ws = workspace(options.dir);
  const { policy } = await readPolicyFiles(ws);
  print(
    `${styled('green', '✓')} ${ws.policy}: ${policy.name}, ${policy.elements.length} elements, ${policy.roles.length} roles`,
  );
}

/** `protector policy seal`: makes the policy file the one that the protector reads, under the keys it has. */
export async function policySeal(options: { dir: string }): Promise<void> {
  const ws = workspace(options.dir);
  const { name, version } = await sealWorkspace(ws);
  print(`${styled('green', '✓')} ${ws.sealedPolicy}: ${name} version ${version}`);
}

import { existsSync } from 'node:fs';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { printChanges } from '../output/changes.ts';
import { confirmed } from '../output/confirm.ts';
import { done, print } from '../output/text.ts';
import { sealWorkspacePolicy } from '../sealing/seal-policy.ts';
import { openFoundPolicy } from '../sealing/sealed-policy.ts';
import { isInitialised, noWorkspace, type Workspace } from '../workspace/workspace.ts';

/** Puts the policy file in force, under the keys that the workspace has. */
export async function sealPolicy(
  ws: Workspace,
  { force, yes, json }: { readonly force: boolean; readonly yes: boolean; readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  if (!existsSync(ws.localKey)) throw noWorkspace(ws);
  if (!yes && io.ask !== undefined && !(await isWanted(ws, json, io))) return EXIT.bad;
  const { name, version } = await sealWorkspacePolicy(ws, io, { force });
  if (json) print(io, JSON.stringify({ file: ws.sealedPolicy, policy: name, version }));
  else print(io, done(io, `${ws.sealedPolicy}: ${name} version ${version}`));
  return EXIT.ok;
}

/** Asks where tokens become unreadable, and says which. */
async function isWanted(ws: Workspace, json: boolean, io: Io): Promise<boolean> {
  if (!isInitialised(ws)) return true;
  const [{ policy }, { content }] = await Promise.all([
    readWorkspacePolicy(ws),
    openFoundPolicy(ws, insecureLocalKeyService(ws.localKey)),
  ]);
  const lost = diffPolicies(content.policy, policy).filter(({ effect }) => effect === 'unreadable');
  if (lost.length === 0) return true;
  if (!json) printChanges(io, lost);
  return confirmed(io, 'Seal this policy?', false);
}

import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print } from '../output/text.ts';
import { sealWorkspacePolicy } from '../sealing/seal-policy.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Puts the policy file in force, under the keys that the workspace has. */
export async function sealPolicy(
  ws: Workspace,
  { force, json }: { readonly force: boolean; readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  const { name, version } = await sealWorkspacePolicy(ws, io, { force });
  if (json) print(io, JSON.stringify({ file: ws.sealedPolicy, policy: name, version }));
  else print(io, done(io, `${ws.sealedPolicy}: ${name} version ${version}`));
  return EXIT.ok;
}

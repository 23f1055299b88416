import type { Agent } from '../agent/ask.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print, styled } from '../output/text.ts';
import { keysOf } from '../sealing/root-keys.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Adds a root key to a workspace or a deployment. Nothing else changes until an element is rotated. */
export async function rotateRootKeys(
  where: Workspace | Agent,
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  const { newest, add } = await keysOf(where, io);
  const version = dryRun ? newest + 1 : await add();
  if (json) {
    print(io, JSON.stringify({ version, ...(dryRun && { dryRun }) }));
    return EXIT.ok;
  }
  if (dryRun) {
    print(io, `${styled(io.stdout, 'cyan', 'would add')} root key version ${version}; every element keeps its own`);
    return EXIT.ok;
  }
  print(io, done(io, `root key version ${version} is active; every element keeps the version that it pins`));
  print(io, '  "protector policy rotate <element>" gives an element the new one, "--all" every element');
  return EXIT.ok;
}

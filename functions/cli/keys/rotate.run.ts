import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print } from '../output/text.ts';
import { addRootKey } from '../sealing/keyring.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Adds a root key. Nothing else changes until an element is rotated. */
export async function rotateRootKeys(ws: Workspace, json: boolean, io: Io): Promise<ExitCode> {
  const version = await addRootKey(ws, io.nowMs());
  if (json) {
    print(io, JSON.stringify({ version }));
    return EXIT.ok;
  }
  print(io, done(io, `root key version ${version} is active; every element keeps the version that it pins`));
  print(io, '  "protector policy rotate <element>" gives an element the new one');
  return EXIT.ok;
}

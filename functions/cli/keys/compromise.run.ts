import type { RootKey } from '../../../lib/policy/keyring.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print } from '../output/text.ts';
import { changeKeyring } from '../sealing/keyring.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Marks a root key as compromised: no policy is sealed from then on whose elements protect with it. */
export async function markCompromised(ws: Workspace, version: number, json: boolean, io: Io): Promise<ExitCode> {
  const mark = (root: RootKey): RootKey => (root.version === version ? { ...root, state: 'compromised' } : root);
  await changeKeyring(ws, io.nowMs(), (document) => {
    if (!document.rootKeys.some((root) => root.version === version)) {
      throw new CliError('CLI_USAGE', `The keyring has no root key of version ${version}`);
    }
    return { ...document, rootKeys: document.rootKeys.map(mark) };
  });
  if (json) print(io, JSON.stringify({ version, state: 'compromised' }));
  else print(io, done(io, `root key version ${version} is compromised: rotate the elements that pin it, then seal`));
  return EXIT.ok;
}

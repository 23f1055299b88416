import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { print, styled } from '../output/text.ts';
import { keyFacts, openKeyringOf, printKeys } from '../sealing/keyring.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Lists versions and states of the root keys, never a key. */
export async function listRootKeys(ws: Workspace, json: boolean, io: Io): Promise<ExitCode> {
  const { content, dataStore, version } = await openKeyringOf(ws);
  if (json) {
    print(io, JSON.stringify({ dataStore, version, rootKeys: keyFacts(content) }));
    return EXIT.ok;
  }
  print(io, `keyring of data store ${styled(io.stdout, 'bold', dataStore)}, version ${version}`);
  printKeys(io, content);
  return EXIT.ok;
}

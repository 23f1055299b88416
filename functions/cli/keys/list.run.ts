import { type Agent, askAgent } from '../agent/ask.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { print, styled } from '../output/text.ts';
import { keyFacts, openKeyringOf, printKeys } from '../sealing/keyring.ts';
import { printKeyUse } from '../sealing/key-use.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Lists versions and states of the root keys of a workspace or a deployment, never a key. */
export async function listRootKeys(where: Workspace | Agent, json: boolean, io: Io): Promise<ExitCode> {
  if ('agent' in where) {
    const { kind: _, ...plan } = await askAgent(where, 'listed', (ask) => ask({ action: 'keys' }, 'keys'));
    if (json) {
      print(io, JSON.stringify(plan));
      return EXIT.ok;
    }
    print(io, `root keys of data store ${styled(io.stdout, 'bold', plan.dataStore)}`);
    printKeyUse(io, plan.rootKeys);
    return EXIT.ok;
  }
  const { content, dataStore, version } = await openKeyringOf(where);
  if (json) {
    print(io, JSON.stringify({ dataStore, version, rootKeys: keyFacts(content) }));
    return EXIT.ok;
  }
  print(io, `keyring of data store ${styled(io.stdout, 'bold', dataStore)}, version ${version}`);
  printKeys(io, content);
  return EXIT.ok;
}

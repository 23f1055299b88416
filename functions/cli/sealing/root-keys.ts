// The root keys of a workspace or of a deployment, for commands that add one.
import { newestVersion, stateOf } from '../../../lib/policy/keyring.ts';
import { type Agent, askAgent } from '../agent/ask.ts';
import type { Io } from '../core/io.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { addRootKey, openKeyringOf } from './keyring.ts';

export interface RootKeys {
  readonly newest: number;
  /** The newest is not compromised, so that elements may be rotated to it. */
  readonly isUsable: boolean;
  /** Adds a root key; resolves to its version. */
  readonly add: () => Promise<number>;
}

/** Reads the root keys. Rejects with `CliError` where there are none. */
export async function keysOf(where: Workspace | Agent, io: Pick<Io, 'nowMs'>): Promise<RootKeys> {
  if ('agent' in where) {
    const { rootKeys } = await askAgent(where, 'changed', (ask) => ask({ action: 'keys' }, 'keys'));
    const last = rootKeys.at(-1)!;
    const to = last.version + 1;
    const add = async (): Promise<number> => {
      await askAgent(where, 'changed', (ask) => ask({ action: 'rotate-keys', to }, 'keys-changed'));
      return to;
    };
    return { newest: last.version, isUsable: last.state !== 'compromised', add };
  }
  const { content } = await openKeyringOf(where);
  const newest = newestVersion(content);
  const isUsable = content.rootKeys.every((root) => root.version !== newest || stateOf(root) !== 'compromised');
  return { newest, isUsable, add: () => addRootKey(where, io.nowMs()) };
}

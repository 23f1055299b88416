import { randomBytes } from 'node:crypto';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import {
  type KeyringDocument,
  newestVersion,
  type RootKey,
  rotateKeyring,
  stateOf,
} from '../../../lib/policy/keyring.ts';
import type { OpenedKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { CliError } from '../failure.ts';
import { print, styled, table } from '../output.ts';
import { findKeyring, openSealed, writeKeyring } from '../seal.ts';
import { requireInitialised, type Workspace, workspace } from '../workspace.ts';

interface KeysOptions {
  readonly dir: string;
  readonly json?: boolean;
}

/** What may be shown of a root key. */
type KeyFacts = Pick<RootKey, 'version' | 'state' | 'createdAt'>;

/** `protector keys list`: versions and states of the root keys, never a key. */
export async function keysList(options: KeysOptions): Promise<void> {
  const { content, dataStore, version } = await openWorkspaceKeyring(workspace(options.dir));
  if (options.json === true) return print(JSON.stringify({ dataStore, version, rootKeys: keyFacts(content) }));
  print(`keyring of data store ${styled('bold', dataStore)}, version ${version}`);
  printKeys(content);
}

/** `protector keys rotate`: one root key more. Nothing else changes until an element is rotated. */
export async function keysRotate(options: KeysOptions): Promise<void> {
  const added = await addRootKey(workspace(options.dir));
  if (options.json === true) return print(JSON.stringify({ version: added }));
  print(`${styled('green', '✓')} root key version ${added} is active; every element keeps the version that it pins`);
  print(`  "protector policy rotate <element>" gives an element the new one`);
}

/** `protector keys compromise VERSION`: no policy is sealed from now on whose elements protect with it. */
export async function keysCompromise(version: number, options: KeysOptions): Promise<void> {
  const ws = workspace(options.dir);
  await changeKeyring(ws, (document) => {
    if (!document.rootKeys.some((root) => root.version === version)) {
      throw new CliError('CLI_USAGE', `The keyring has no root key of version ${version}`);
    }
    const rootKeys = document.rootKeys.map(
      (root): RootKey => (root.version === version ? { ...root, state: 'compromised' } : root),
    );
    return { ...document, rootKeys };
  });
  if (options.json === true) return print(JSON.stringify({ version, state: 'compromised' }));
  print(
    `${styled('green', '✓')} root key version ${version} is compromised: rotate the elements that pin it, then seal`,
  );
}

/** Adds a root key to the keyring of a workspace. Resolves to its version. */
export async function addRootKey(ws: Workspace): Promise<number> {
  return newestVersion(await changeKeyring(ws, (document) => rotateKeyring(document, randomBytes, new Date())));
}

/** The keyring of a workspace that has one. */
export async function openWorkspaceKeyring(ws: Workspace): Promise<OpenedKeyring> {
  requireInitialised(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  return (await findKeyring(ws, keys, await openSealed(ws, keys)))!;
}

async function changeKeyring(
  ws: Workspace,
  change: (document: KeyringDocument) => KeyringDocument,
): Promise<KeyringDocument> {
  const keyring = await openWorkspaceKeyring(ws);
  const content = change(keyring.content);
  const changed = { ...keyring, version: keyring.version + 1, content };
  await writeKeyring(ws, changed, insecureLocalKeyService(ws.localKey));
  return content;
}

/** What may be shown of a keyring. */
export function keyFacts({ rootKeys }: KeyringDocument): KeyFacts[] {
  return rootKeys.map((root) => ({
    version: root.version,
    state: stateOf(root),
    createdAt: root.createdAt ?? 'unknown',
  }));
}

/** The root keys as a table. */
export function printKeys(keyring: KeyringDocument): void {
  const rows = keyFacts(keyring).map(({ version, state, createdAt }) => [String(version), state!, createdAt!]);
  print(table(['root key', 'state', 'made'], rows));
}

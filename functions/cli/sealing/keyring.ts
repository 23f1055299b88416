// The root keys of a workspace: every element key is derived from one of them.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import type { OpenedPolicy } from '../../../lib/policy/bundle.ts';
import {
  type KeyringDocument,
  newestVersion,
  type RootKey,
  rotateKeyring,
  stateOf,
} from '../../../lib/policy/keyring.ts';
import { type OpenedKeyring, openKeyring, sealKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import type { Io } from '../core/io.ts';
import { replaceFile } from '../files/replace.ts';
import { print } from '../output/text.ts';
import { table } from '../output/table.ts';
import { isInitialised, requireInitialised, type Workspace } from '../workspace/workspace.ts';
import { openSealedPolicy } from './sealed-policy.ts';

/** What may be shown of a root key. */
type KeyFacts = Required<Pick<RootKey, 'version' | 'state' | 'createdAt'>>;

/** Opens the keyring of a workspace. Rejects with `CliError` where `protector init` has not been. */
export async function openKeyringOf(ws: Workspace): Promise<OpenedKeyring> {
  requireInitialised(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  return (await findKeyring(ws, keys, await openSealedPolicy(ws, keys)))!;
}

/** Opens the keyring of a workspace; `undefined` where `protector init` has not been, and there are only files to look at. */
export async function keyringIfAny(ws: Workspace): Promise<OpenedKeyring | undefined> {
  if (!existsSync(ws.localKey)) return undefined;
  const keys = insecureLocalKeyService(ws.localKey);
  return findKeyring(ws, keys, isInitialised(ws) ? await openSealedPolicy(ws, keys) : undefined);
}

/**
 * Finds the keyring of a workspace. A workspace of release 0.1.0 has its keys in the sealed policy alone; they are its keyring
 * then. Resolves to `undefined` where there is neither.
 */
export async function findKeyring(
  ws: Workspace,
  keys: KeyService,
  sealed: OpenedPolicy | undefined,
): Promise<OpenedKeyring | undefined> {
  if (existsSync(ws.sealedKeyring)) return openKeyring(keys, await readBundle(ws.sealedKeyring, 'keyring'));
  return sealed && { dataStore: sealed.content.policy.dataStore, version: 1, content: sealed.content.keyring };
}

/** Adds a root key to the keyring of a workspace. Resolves to its version. */
export async function addRootKey(ws: Workspace, nowMs: number): Promise<number> {
  const rotated = await changeKeyring(ws, nowMs, (document) => rotateKeyring(document, randomBytes, new Date(nowMs)));
  return newestVersion(rotated);
}

/** Seals what `change` makes of the keyring of a workspace. */
export async function changeKeyring(
  ws: Workspace,
  nowMs: number,
  change: (document: KeyringDocument) => KeyringDocument,
): Promise<KeyringDocument> {
  const keyring = await openKeyringOf(ws);
  const content = change(keyring.content);
  const changed = { ...keyring, version: keyring.version + 1, content };
  await writeKeyring(ws, changed, insecureLocalKeyService(ws.localKey), nowMs);
  return content;
}

/** Seals a keyring into its place in one step, and durably: it is the only copy of keys that no policy was sealed with yet. */
export async function writeKeyring(
  ws: Workspace,
  keyring: OpenedKeyring,
  keys: KeyService,
  nowMs: number,
): Promise<void> {
  const bundle = await sealKeyring(keys, keyring, new Date(nowMs), randomBytes(12));
  await replaceFile(ws.sealedKeyring, `${JSON.stringify(bundle, null, 2)}\n`);
}

/** Returns what may be shown of a keyring. */
export function keyFacts({ rootKeys }: KeyringDocument): KeyFacts[] {
  return rootKeys.map((root) => ({
    version: root.version,
    state: stateOf(root),
    createdAt: root.createdAt ?? 'unknown',
  }));
}

/** Prints the root keys as a table. */
export function printKeys(io: Io, keyring: KeyringDocument): void {
  const rows = keyFacts(keyring).map(({ version, state, createdAt }) => [String(version), state, createdAt]);
  print(io, table(io.stdout, ['root key', 'state', 'made'], rows));
}

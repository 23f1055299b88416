import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../lib/crypto/ports.ts';
import { type OpenedPolicy, openPolicy, sealPolicy } from '../../lib/policy/bundle.ts';
import { checkKeys } from '../../lib/policy/check-keys.ts';
import { newKeyring } from '../../lib/policy/keyring.ts';
import { PolicyError } from '../../lib/policy/errors.ts';
import { type OpenedKeyring, openKeyring, sealKeyring } from '../../lib/policy/sealed-keyring.ts';
import { readBundle } from '../runtime/reload/reloading.ts';
import { readPolicyFiles } from './policy-files.ts';
import { replaceFile } from './replace-file.ts';
import { keepSealed, sealedVersions } from './sealed-versions.ts';
import { isInitialised, type Workspace } from './workspace.ts';

/**
 * Seals the policy file of a workspace with the keys that the workspace has, so that tokens stay readable; the first time
 * with new ones. The new bundle takes the place of the old one in one step. Resolves to its version. Rejects with
 * `PolicyError`, also where the policy pins a key that there is not.
 */
export async function sealWorkspace(ws: Workspace): Promise<{ name: string; version: number }> {
  const { policy, mapping } = await readPolicyFiles(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  const sealed = isInitialised(ws) ? await openSealed(ws, keys) : undefined;
  const keyring = (await findKeyring(ws, keys, sealed)) ?? firstKeyring(policy.dataStore);
  const problems = checkKeys(policy, keyring);
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  if (!existsSync(ws.sealedKeyring)) await writeKeyring(ws, keyring, keys);
  if (sealed !== undefined) await keepSealed(ws, Number(sealed.version));
  const [newest = 0] = await sealedVersions(ws);
  const version = newest + 1;
  const bundle = await sealPolicy(
    keys,
    { policy, mapping, keyring: keyring.content },
    { version, createdAt: new Date() },
    randomBytes(12),
  );
  await replaceFile(ws.sealedPolicy, `${JSON.stringify(bundle, null, 2)}\n`);
  return { name: policy.name, version };
}

/** The sealed policy of a workspace. Rejects with `BundleError` or `KeyServiceError`. */
export async function openSealed(ws: Workspace, keys: KeyService): Promise<OpenedPolicy> {
  return openPolicy(keys, await readBundle(ws.sealedPolicy, 'policy'));
}

/**
 * The keyring of a workspace. One of release 0.1.0 has its keys in the sealed policy alone; they are its keyring then.
 * `undefined` where there is neither.
 */
export async function findKeyring(
  ws: Workspace,
  keys: KeyService,
  sealed: OpenedPolicy | undefined,
): Promise<OpenedKeyring | undefined> {
  if (existsSync(ws.sealedKeyring)) return openKeyring(keys, await readBundle(ws.sealedKeyring, 'keyring'));
  return sealed && { dataStore: sealed.content.policy.dataStore, version: 1, content: sealed.content.keyring };
}

/** Seals a keyring into its place in one step, and durably: it is the only copy of keys that no policy was sealed with yet. */
export async function writeKeyring(ws: Workspace, keyring: OpenedKeyring, keys: KeyService): Promise<void> {
  const bundle = await sealKeyring(keys, keyring, new Date(), randomBytes(12));
  await replaceFile(ws.sealedKeyring, `${JSON.stringify(bundle, null, 2)}\n`);
}

function firstKeyring(dataStore: string): OpenedKeyring {
  return { dataStore, version: 1, content: newKeyring(randomBytes, new Date()) };
}

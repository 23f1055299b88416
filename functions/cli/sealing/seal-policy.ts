import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { sealPolicy } from '../../../lib/policy/bundle.ts';
import { checkKeys } from '../../../lib/policy/check-keys.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { newKeyring } from '../../../lib/policy/keyring.ts';
import type { OpenedKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { replaceFile } from '../files/replace.ts';
import { isInitialised, type Workspace } from '../workspace/workspace.ts';
import { findKeyring, writeKeyring } from './keyring.ts';
import { keepVersion, keptVersions } from './policy-versions.ts';
import { openSealedPolicy } from './sealed-policy.ts';

/**
 * Seals the policy file of a workspace with the keys that the workspace has, so that tokens stay readable; the first time with
 * new ones. Replaces the sealed policy in one step. Resolves to its name and version. Rejects with `PolicyError`, also where the
 * policy pins a key that the keyring does not have.
 */
export async function sealWorkspacePolicy(ws: Workspace, nowMs: number): Promise<{ name: string; version: number }> {
  const { policy, mapping } = await readWorkspacePolicy(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  const sealed = isInitialised(ws) ? await openSealedPolicy(ws, keys) : undefined;
  const keyring = (await findKeyring(ws, keys, sealed)) ?? firstKeyring(policy.dataStore, nowMs);
  const problems = checkKeys(policy, keyring);
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  if (!existsSync(ws.sealedKeyring)) await writeKeyring(ws, keyring, keys, nowMs);
  if (sealed !== undefined) await keepVersion(ws, Number(sealed.version));
  const [newest = 0] = await keptVersions(ws);
  const version = newest + 1;
  const bundle = await sealPolicy(
    keys,
    { policy, mapping, keyring: keyring.content },
    { version, createdAt: new Date(nowMs) },
    randomBytes(12),
  );
  await replaceFile(ws.sealedPolicy, `${JSON.stringify(bundle, null, 2)}\n`);
  return { name: policy.name, version };
}

function firstKeyring(dataStore: string, nowMs: number): OpenedKeyring {
  return { dataStore, version: 1, content: newKeyring(randomBytes, new Date(nowMs)) };
}

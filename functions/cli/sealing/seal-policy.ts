import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { sealPolicy } from '../../../lib/policy/bundle.ts';
import { checkKeys } from '../../../lib/policy/check-keys.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { compromisedUse, describeCompromised } from '../../../lib/policy/key-use.ts';
import { type KeyringDocument, newKeyring } from '../../../lib/policy/keyring.ts';
import type { OpenedKeyring } from '../../../lib/policy/sealed-keyring.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import type { Io } from '../core/io.ts';
import { recordPolicyEvents } from '../workspace/audit-trail.ts';
import { isInitialised, type Workspace } from '../workspace/workspace.ts';
import { findKeyring, writeKeyring } from './keyring.ts';
import { keepVersion, keptVersions } from './policy-versions.ts';
import { putInForce } from './policy-floor.ts';
import { openFoundPolicy } from './sealed-policy.ts';

/**
 * Seals the policy file of a workspace with the keys that the workspace has, so that tokens stay readable; the first time with
 * new ones. Replaces the sealed policy in one step. Resolves to its name and version. Rejects with `PolicyError`, also where the
 * policy pins a key that the keyring does not have, or one that is compromised: with `force`, such a policy is sealed and the
 * trail says so.
 */
export async function sealWorkspacePolicy(
  ws: Workspace,
  io: Pick<Io, 'nowMs'>,
  { force = false }: { readonly force?: boolean } = {},
): Promise<{ name: string; version: number }> {
  const nowMs = io.nowMs();
  const { policy, mapping } = await readWorkspacePolicy(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  const sealed = isInitialised(ws) ? await openFoundPolicy(ws, keys) : undefined;
  const keyring = (await findKeyring(ws, keys, sealed)) ?? firstKeyring(policy.dataStore, nowMs);
  const compromised = compromisedUse(policy, keyring.content);
  const problems = checkKeys(policy, force ? { ...keyring, content: trusted(keyring.content) } : keyring);
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
  if (compromised.length > 0) {
    const facts = { policy: policy.name, dataStore: policy.dataStore, policyVersion: String(version) };
    const detail = `forced: ${describeCompromised(compromised)}`;
    await recordPolicyEvents(ws, io, [{ ...facts, code: 86, detail }]);
  }
  await putInForce(ws, bundle, sealed?.bundle);
  if (version > 1) await keepVersion(ws, version);
  return { name: policy.name, version };
}

/** Returns a keyring without marks, for a check of everything else. */
function trusted(content: KeyringDocument): KeyringDocument {
  return { ...content, rootKeys: content.rootKeys.map((root) => ({ ...root, state: 'active' })) };
}

function firstKeyring(dataStore: string, nowMs: number): OpenedKeyring {
  return { dataStore, version: 1, content: newKeyring(randomBytes, new Date(nowMs)) };
}

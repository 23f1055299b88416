import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { errorCode } from '../../lib/base/error-code.ts';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { openPolicy, sealPolicy } from '../../lib/policy/bundle.ts';
import { type KeyringDocument, newKeyring } from '../../lib/policy/keyring.ts';
import { parseMapping, parsePolicy } from '../../lib/policy/parse.ts';
import type { MappingDocument, PolicyDocument } from '../../lib/policy/schema.ts';
import { readBundle } from '../policy-file.ts';
import { CliError } from './failure.ts';
import { isInitialised, type Workspace } from './workspace.ts';

/** The policy of a workspace and its mapping, checked. Rejects with `PolicyError`, or `CliError` for a file that is no JSON. */
export async function readPolicyFiles(
  ws: Pick<Workspace, 'policy' | 'mapping'>,
): Promise<{ policy: PolicyDocument; mapping: MappingDocument }> {
  const policy = parsePolicy(await readJson(ws.policy));
  const mapping = parseMapping((await readJson(ws.mapping, true)) ?? {}, policy);
  return { policy, mapping };
}

/**
 * Seals the policy file of a workspace: with a new keyring the first time, afterwards with the one it has, so that tokens
 * stay readable. The new bundle takes the place of the old one in one step. Resolves to its version.
 */
export async function sealWorkspace(ws: Workspace): Promise<{ name: string; version: number }> {
  const { policy, mapping } = await readPolicyFiles(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  let keyring: KeyringDocument = newKeyring(randomBytes);
  let version = 1;
  if (isInitialised(ws)) {
    const sealed = await openPolicy(keys, await readBundle(ws.sealedPolicy, 'policy'));
    keyring = sealed.content.keyring;
    version = Number(sealed.version) + 1;
  }
  const bundle = await sealPolicy(
    keys,
    { policy, mapping, keyring },
    { version, createdAt: new Date() },
    randomBytes(12),
  );
  await replaceFile(ws.sealedPolicy, `${JSON.stringify(bundle, null, 2)}\n`);
  return { name: policy.name, version };
}

/** In one step, and durably: the bundle holds the only copy of the keys. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, text, { mode: 0o600, flush: true });
  await rename(temporary, path);
}

async function readJson(path: string, optional = false): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (optional && code === 'ENOENT') return undefined;
    throw new CliError('CLI_USAGE', `${path} cannot be read (${code})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CliError('CLI_USAGE', `${path} is not JSON: ${(error as Error).message}`);
  }
}

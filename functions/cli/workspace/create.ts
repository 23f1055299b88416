// A workspace: its policy, local keys and what is sealed of them. What is there already stays as it is.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInsecureLocalKey } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { createInsecureLocalTenantKey } from '../../../lib/adapters/file/insecure-local-tenant-kms.ts';
import { createSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { apiKeyOf } from '../../../lib/tenants/api-keys.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { writeSchemas } from '../documents/schemas.ts';
import { writeTenantSecrets } from '../documents/secrets.ts';
import { readWorkspaceTenants } from '../documents/tenants.ts';
import { done, print, styled } from '../output/text.ts';
import { sealWorkspacePolicy } from '../sealing/seal-policy.ts';
import { sealedPlace, sealWrittenTenants } from '../sealing/tenants.ts';
import { isInitialised, type Workspace } from './workspace.ts';

const SAMPLE_TENANTS = new URL('../../../lib/local/sample/tenants.json', import.meta.url);
/** Of the two sample tenants. One of them leases keys, and has a file as its SIEM. */
const SAMPLE_KEYS = ['insecure-local:acme', 'insecure-local:globex'];

/** A file of a workspace that was made, or was there and stays as it is. */
export interface Part {
  readonly path: string;
  readonly isMade: boolean;
  readonly what: string;
}

/** Writes the policy, and what belongs to it, where a workspace has none; makes its directory. Resolves to the files. */
export type WritePolicy = (ws: Workspace) => Promise<readonly Part[]>;

/**
 * Makes what a workspace lacks: the policy by `writePolicy`, the keys, and the sealed policy. Safe to interrupt and to run
 * again. Rejects with `CliError` where a key is lost under which something is sealed, and as sealing does.
 */
export async function completeWorkspace(ws: Workspace, writePolicy: WritePolicy, io: Io): Promise<Part[]> {
  requireKeysOfSealed(ws);
  const policy = await writePolicy(ws);
  await writeSchemas(ws.schemas);
  return [
    ...policy,
    await made(ws.localKey, 'stands for KMS: for trials only', createInsecureLocalKey),
    await made(ws.signingKey, 'signs the audit trail', createSigningKey),
    ...(await sealed(ws, io)),
  ];
}

async function sealed(ws: Workspace, io: Io): Promise<Part[]> {
  const keyring = existsSync(ws.sealedKeyring);
  const isThere = isInitialised(ws);
  if (!isThere) await sealWorkspacePolicy(ws, io);
  return [
    { path: ws.sealedKeyring, isMade: !keyring, what: 'the root keys: they outlive policies' },
    { path: ws.sealedPolicy, isMade: !isThere, what: 'the policy in force' },
  ];
}

/** Makes a file that is not there. */
export async function made(path: string, what: string, make: (path: string) => Promise<unknown>): Promise<Part> {
  const isMade = !existsSync(path);
  if (isMade) await make(path);
  return { path, isMade, what };
}

/** Throws `CliError` where something is sealed or signed and its key is gone: a new key would not open it. */
function requireKeysOfSealed(ws: Workspace): void {
  const kept = [
    [ws.localKey, [ws.sealedPolicy, ws.sealedKeyring, ws.sealedTenants]],
    [ws.signingKey, [ws.auditTrail]],
  ] as const;
  for (const [key, files] of kept) {
    const file = existsSync(key) ? undefined : files.find((path) => existsSync(path));
    if (file === undefined) continue;
    throw new CliError(
      'CLI_USAGE',
      `${key} is not there, and ${file} was made with it: bring the key back, or move ${ws.dir} away`,
    );
  }
}

/** Makes the sample tenants of a workspace that has none. Resolves to their files. */
export async function completeTenants(ws: Workspace, io: Pick<Io, 'env' | 'nowMs'>): Promise<Part[]> {
  const isMade = existingTenants(ws) === undefined;
  if (isMade) await createTenants(ws, io);
  return [
    { path: jsonOrYaml(ws.tenants), isMade, what: 'two sample tenants, for "serve"' },
    { path: ws.tenantSecrets, isMade, what: 'the API key that they refer to' },
  ];
}

/** Creates the sample tenants, their secrets and keys, and seals them. Rejects with `CliError` where tenants are there already. */
export async function createTenants(ws: Workspace, { env, nowMs }: Pick<Io, 'env' | 'nowMs'>): Promise<void> {
  const existing = existingTenants(ws);
  if (existing !== undefined) throw new CliError('CLI_USAGE', `${existing} exists and is not overwritten`);
  const sample = await readFile(SAMPLE_TENANTS, 'utf8');
  const events = JSON.stringify(join(ws.dir, 'events', 'acme.jsonl'));
  const text = sample
    .replace('../../../schemas/', './schemas/')
    .replace('".protector/events/acme.jsonl"', () => events);
  await writeFile(ws.tenants, text);
  await writeTenantSecrets(ws.tenantSecrets, { 'app-key': apiKeyOf(randomBytes) });
  await Promise.all(SAMPLE_KEYS.map((key) => createInsecureLocalTenantKey(ws.tenantKeys, key)));
  const place = await sealedPlace(ws, undefined);
  await sealWrittenTenants(await readWorkspaceTenants(ws, env), place, { nowMs: nowMs() });
}

/** Returns a path of the tenants that a workspace has already. */
function existingTenants(ws: Workspace): string | undefined {
  return [jsonOrYaml(ws.tenants), ws.tenantSecrets, ws.sealedTenants, ws.tenantKeys].find((path) => existsSync(path));
}

/** Prints what was made and what was there, and what each is for. */
export function printParts(io: Io, parts: readonly Part[]): void {
  const width = Math.max(...parts.map(({ path }) => path.length));
  for (const { path, isMade, what } of parts) {
    if (isMade) print(io, done(io, `${path.padEnd(width)}  ${what}`));
    else print(io, styled(io.stdout, 'dim', `· ${path.padEnd(width)}  is there, and kept`));
  }
}

/** Prints the files of new tenants. */
export function printTenants(io: Io, ws: Workspace): void {
  print(io, done(io, `${ws.tenants}        two sample tenants: edit, then run "protector tenants seal"`));
  print(io, done(io, `${ws.tenantSecrets}  what it refers to by name: the API key of the gateway`));
}

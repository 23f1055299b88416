// A new workspace: a sample policy, sample tenants, local keys and what is sealed of them.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
import { done, print } from '../output/text.ts';
import { sealWorkspacePolicy } from '../sealing/seal-policy.ts';
import { sealedPlace, sealWrittenTenants } from '../sealing/tenants.ts';
import type { Workspace } from './workspace.ts';

const SAMPLE_POLICY = new URL('../../../lib/local/sample/policy.json', import.meta.url);
const SAMPLE_TESTS = new URL('../../../lib/local/sample/policy.tests.yaml', import.meta.url);
const SAMPLE_TENANTS = new URL('../../../lib/local/sample/tenants.json', import.meta.url);
/** Of the two sample tenants. One of them leases keys, and has a file as its SIEM. */
const SAMPLE_KEYS = ['insecure-local:acme', 'insecure-local:globex'];

/** Creates a workspace. Rejects with `CliError` where a part of one is there already. */
export async function createWorkspace(ws: Workspace, { env, nowMs }: Io): Promise<void> {
  const parts = [jsonOrYaml(ws.policy), ws.policyTests, ws.sealedPolicy, ws.sealedKeyring, ws.localKey, ws.signingKey];
  const existing = parts.find((path) => existsSync(path)) ?? existingTenants(ws);
  if (existing !== undefined) {
    throw new CliError('CLI_USAGE', `${existing} exists and is not overwritten: choose another --dir, or move it away`);
  }
  await mkdir(ws.dir, { recursive: true });
  await writeSchemas(ws.schemas);
  const sample = await readFile(SAMPLE_POLICY, 'utf8');
  await writeFile(ws.policy, sample.replace('../../../schemas/', './schemas/'));
  const tests = await readFile(SAMPLE_TESTS, 'utf8');
  await writeFile(ws.policyTests, tests.replace('../../../schemas/', './schemas/'));
  await createInsecureLocalKey(ws.localKey);
  await createSigningKey(ws.signingKey);
  await sealWorkspacePolicy(ws, { nowMs });
  await createTenants(ws, { env, nowMs });
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

/** Prints the files of new tenants. */
export function printTenants(io: Io, ws: Workspace): void {
  print(io, done(io, `${ws.tenants}        two sample tenants: edit, then run "protector tenants seal"`));
  print(io, done(io, `${ws.tenantSecrets}  what it refers to by name: the API key of the gateway`));
}

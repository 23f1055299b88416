// The sample tenants of a workspace: two of them with keys in files, where one leases and has a file as its SIEM.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInsecureLocalTenantKey } from '../../lib/adapters/file/insecure-local-tenant-kms.ts';
import { apiKeyOf } from '../../lib/tenants/api-keys.ts';
import { jsonOrYaml } from './document-file.ts';
import { CliError } from './failure.ts';
import { sealTenantsFiles } from './seal-tenants.ts';
import { sealedPlace } from './sealed-tenants.ts';
import { writeTenantSecrets } from './tenant-secrets.ts';
import { readTenantsFiles } from './tenants-files.ts';
import type { Workspace } from './workspace.ts';

const SAMPLE = new URL('../../lib/local/sample/tenants.json', import.meta.url);
const SAMPLE_KEYS = ['insecure-local:acme', 'insecure-local:globex'];

/** What of the tenants is in a workspace already. */
export function existingTenants(ws: Workspace): string | undefined {
  return [jsonOrYaml(ws.tenants), ws.tenantSecrets, ws.sealedTenants, ws.tenantKeys].find((path) => existsSync(path));
}

/** Writes the sample tenants file, its secrets and keys, and seals them. Rejects with `CliError` where something is there already. */
export async function writeSampleTenants(ws: Workspace): Promise<void> {
  const existing = existingTenants(ws);
  if (existing !== undefined) throw new CliError('CLI_USAGE', `${existing} exists and is not overwritten`);
  const sample = await readFile(SAMPLE, 'utf8');
  const events = JSON.stringify(join(ws.dir, 'events', 'acme.jsonl'));
  const text = sample
    .replace('../../../schemas/', './schemas/')
    .replace('".protector/events/acme.jsonl"', () => events);
  await writeFile(ws.tenants, text);
  await writeTenantSecrets(ws.tenantSecrets, { 'app-key': apiKeyOf(randomBytes) });
  await Promise.all(SAMPLE_KEYS.map((key) => createInsecureLocalTenantKey(ws.tenantKeys, key)));
  await sealTenantsFiles(await readTenantsFiles(ws), sealedPlace(ws, undefined));
}

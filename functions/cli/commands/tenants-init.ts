import { existsSync } from 'node:fs';
import { CliError } from '../failure.ts';
import { print, styled } from '../output.ts';
import { writeSampleTenants } from '../sample-tenants.ts';
import { requireInitialised, type Workspace, workspace } from '../workspace.ts';
import { writeSchemas } from './schema.ts';

/** `protector tenants init`: the sample tenants for a workspace that an earlier release made. Overwrites nothing. */
export async function tenantsInit(options: { dir: string }): Promise<void> {
  const ws = workspace(options.dir);
  requireInitialised(ws);
  if (!existsSync(ws.localKey))
    throw new CliError('CLI_USAGE', `${ws.localKey} is not there, which seals what is local`);
  await writeSampleTenants(ws);
  await writeSchemas(ws.schemas);
  printTenants(ws);
}

/** What of the tenants a new workspace has. */
export function printTenants(ws: Workspace): void {
  const done = styled('green', '✓');
  print(`${done} ${ws.tenants}        two sample tenants: edit, then run "protector tenants seal"`);
  print(`${done} ${ws.tenantSecrets}  what it refers to by name: the API key of the gateway`);
}

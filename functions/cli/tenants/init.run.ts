import { existsSync } from 'node:fs';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { writeSchemas } from '../documents/schemas.ts';
import { createTenants, printTenants } from '../workspace/create.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/** Adds the sample tenants to a workspace that an earlier release made. Overwrites nothing. */
export async function addSampleTenants(ws: Workspace, io: Io): Promise<ExitCode> {
  requireInitialised(ws);
  if (!existsSync(ws.localKey)) {
    throw new CliError('CLI_USAGE', `${ws.localKey} is not there: tenants are sealed under this key`);
  }
  await createTenants(ws, io);
  await writeSchemas(ws.schemas);
  printTenants(io, ws);
  return EXIT.ok;
}

// The tenants file of a workspace, with the values of its secrets.
import { existsSync } from 'node:fs';
import type { Problem } from '../../../lib/document/problem.ts';
import type { Source } from '../../../lib/document/source.ts';
import { TenantsError } from '../../../lib/tenants/errors.ts';
import { checkDeployable, lintTenants } from '../../../lib/tenants/lint.ts';
import { checkOwnNames } from '../../../lib/tenants/own-names.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import type { SecretValues } from '../../../lib/tenants/references.ts';
import type { TenantsDocument } from '../../../lib/tenants/schema.ts';
import { jsonOrYaml, located, readDocument } from './document.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readTenantSecrets } from './secrets.ts';
import { requireWorkspace, type Workspace } from '../workspace/workspace.ts';

/** A tenants file and its secrets, checked. */
export interface WrittenTenants {
  readonly file: string;
  readonly source: Source;
  readonly document: TenantsDocument;
  readonly secrets: SecretValues;
  readonly warnings: readonly Problem[];
}

/** What is asked of a tenants file beyond its form. */
export interface TenantsDemands {
  /** Whatever works on a laptop only is a problem. @default false */
  readonly forCloud?: boolean;
  /** Buckets and log groups of the deployment: a sink that names one is a problem. @default none */
  readonly own?: readonly string[];
}

/**
 * Reads the tenants file of a workspace with its secrets. Rejects
 * with `TenantsError` with all problems and their lines, or with `CliError` for files that cannot be read.
 */
export async function readWorkspaceTenants(
  ws: Workspace,
  env: Io['env'],
  { forCloud = false, own = [] }: TenantsDemands = {},
): Promise<WrittenTenants> {
  const file = tenantsFileOf(ws);
  const source = await readDocument(file);
  const secrets = await readTenantSecrets(ws.tenantSecrets, env);
  const document = located(source, () => {
    const parsed = parseTenants(source.document, secrets);
    const problems = [...(forCloud ? checkDeployable(parsed) : []), ...checkOwnNames(parsed, new Set(own))];
    if (problems.length > 0) throw new TenantsError('The tenants file', problems);
    return parsed;
  });
  return { file, source, document, secrets, warnings: lintTenants(document, secrets) };
}

/** Throws `CliError` where there is no file: workspaces of an earlier release have none. */
function tenantsFileOf(ws: Workspace): string {
  const { dir, tenants } = ws;
  const file = jsonOrYaml(tenants);
  if (existsSync(file)) return file;
  requireWorkspace(ws);
  throw new CliError(
    'CLI_USAGE',
    `There is no tenants file in ${dir}: "protector tenants init --dir ${dir}" writes a sample`,
  );
}

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DocumentError, type Problem } from '../../../lib/document/problem.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { rotateSecret, type SecretFailure } from '../../../lib/tenants/secrets.ts';
import { located } from '../document-file.ts';
import { CliError } from '../failure.ts';
import { print, quantity, say, styled } from '../output.ts';
import { sealTenantsFiles } from '../seal-tenants.ts';
import { changeSealedTenants, openSealedTenants, sealedPlace } from '../sealed-tenants.ts';
import { readTenantsFiles, type TenantsFiles } from '../tenants-files.ts';
import { workspace } from '../workspace.ts';

interface DirectoryOptions {
  readonly dir: string;
  readonly json?: boolean;
}

/** `protector tenants check`: says everything that is wrong with the tenants file and its secrets, and with what would change. */
export async function tenantsCheck(options: DirectoryOptions): Promise<void> {
  const ws = workspace(options.dir);
  try {
    const files = await readTenantsFiles(ws);
    if (existsSync(ws.sealedTenants)) {
      const { content } = await openSealedTenants(sealedPlace(ws, undefined));
      located(files.source, () => nextContent(files.document, files.secrets, content));
    }
    const { file, document, warnings } = files;
    const counts = { tenants: document.tenants.length, sinks: sinksOf(files), apiKeys: document.apiKeys.length };
    if (options.json === true) return print(JSON.stringify({ valid: true, ...counts, problems: [], warnings }));
    sayWarnings(files);
    const { tenants, sinks, apiKeys } = counts;
    print(
      `${styled('green', '✓')} ${file}: ${quantity(tenants, 'tenant')}, ${quantity(sinks, 'sink')}, ${quantity(apiKeys, 'API key')}`,
    );
  } catch (error) {
    if (!(error instanceof DocumentError) || options.json !== true) throw error;
    print(JSON.stringify({ valid: false, problems: error.problems satisfies readonly Problem[] }));
    throw new CliError('CLI_BAD', `${error.what} is refused`);
  }
}

export interface SealOptions extends DirectoryOptions {
  readonly to?: string;
  readonly kms?: string;
}

/** `protector tenants seal`: makes the tenants file, with its secrets, what gateway and forwarder read. */
export async function tenantsSeal(options: SealOptions): Promise<void> {
  const ws = workspace(options.dir);
  const place = sealedPlace(ws, options.to);
  const files = await readTenantsFiles(ws, place.isCloud);
  const { version, made, rewrapped, failures } = await sealTenantsFiles(files, place, options.kms);
  const tenants = files.document.tenants.length;
  if (options.json === true) {
    const { warnings } = files;
    return print(JSON.stringify({ file: place.name, version, tenants, made, rewrapped, warnings, failures }));
  }
  sayWarnings(files);
  for (const failure of failures) say(failureText(failure));
  for (const id of made) say(`${styled('green', '✓')} ${id}: a secret for deterministic keys is made`);
  for (const id of rewrapped)
    say(`${styled('green', '✓')} ${id}: its secrets are wrapped by its new primary KMS configuration`);
  print(`${styled('green', '✓')} ${place.name}: ${quantity(tenants, 'tenant')}, version ${version}`);
}

export interface RotateOptions extends DirectoryOptions {
  readonly at?: string;
}

/** `protector tenants rotate TENANT`: a new secret for its deterministic keys; what the old ones made is still found. */
export async function tenantsRotate(tenantId: string, options: RotateOptions): Promise<void> {
  const place = sealedPlace(workspace(options.dir), options.at);
  await openSealedTenants(place); // says so where there are none
  const { version, secretId } = await changeSealedTenants(place, undefined, (before) =>
    rotateSecret(before!, tenantId, place.tenantKms, randomBytes),
  );
  if (options.json === true) return print(JSON.stringify({ tenant: tenantId, secretId, version }));
  print(
    `${styled('green', '✓')} ${tenantId}: deterministic keys come from the secret ${secretId} (version ${version})`,
  );
  say(
    '  Fields that were encrypted with an earlier one are found and decrypted as before; "rotateField" of the clients moves them.',
  );
}

function sinksOf({ document }: TenantsFiles): number {
  return document.tenants.reduce((sum, { sinks }) => sum + sinks.length, 0);
}

function sayWarnings({ file, warnings }: TenantsFiles): void {
  for (const { path, message } of warnings)
    say(`${styled('cyan', 'warning:', process.stderr)} ${file} ${path}: ${message}`);
}

function failureText({ tenantId, code, message }: SecretFailure): string {
  const shown = `${tenantId}: its KMS does not wrap a secret (${code}: ${message})`;
  return `${styled('red', 'warning:', process.stderr)} ${shown}; deterministic fields wait for the next "protector tenants seal"`;
}

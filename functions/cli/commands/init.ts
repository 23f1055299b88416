import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createInsecureLocalKey } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { createSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { jsonOrYaml } from '../document-file.ts';
import { CliError } from '../failure.ts';
import { print, styled } from '../output.ts';
import { existingTenants, writeSampleTenants } from '../sample-tenants.ts';
import { sealWorkspace } from '../seal.ts';
import { type Workspace, workspace } from '../workspace.ts';
import { writeSchemas } from './schema.ts';
import { printTenants } from './tenants-init.ts';

const SAMPLE_POLICY = new URL('../../../lib/local/sample/policy.json', import.meta.url);

/** `protector init`: a directory with a sample policy, sample tenants, local keys and the sealed bundles. Overwrites nothing. */
export async function init(options: { dir: string }): Promise<void> {
  const ws = workspace(options.dir);
  await initWorkspace(ws);
  print(`${styled('green', '✓')} ${ws.policy}         the sample policy: edit it, then run "protector policy seal"`);
  print(`${styled('green', '✓')} ${ws.sealedPolicy}  what the protector reads`);
  print(`${styled('green', '✓')} ${ws.sealedKeyring}  the root keys, which outlive every policy`);
  print(`${styled('green', '✓')} ${ws.localKey}, ${ws.signingKey}  keys for trying it out, not for real data`);
  printTenants(ws);
}

/** Rejects with `CliError` when anything of a workspace is there already. */
export async function initWorkspace(ws: Workspace): Promise<void> {
  const existing = [jsonOrYaml(ws.policy), ws.sealedPolicy, ws.sealedKeyring, ws.localKey, ws.signingKey].find((path) =>
    existsSync(path),
  );
  const inTheWay = existing ?? existingTenants(ws);
  if (inTheWay !== undefined) {
    throw new CliError('CLI_USAGE', `${inTheWay} exists and is not overwritten: choose another --dir, or move it away`);
  }
  await mkdir(ws.dir, { recursive: true });
  await writeSchemas(ws.schemas);
  const sample = await readFile(SAMPLE_POLICY, 'utf8');
  await writeFile(ws.policy, sample.replace('../../../schemas/', './schemas/'));
  await createInsecureLocalKey(ws.localKey);
  await createSigningKey(ws.signingKey);
  await sealWorkspace(ws);
  await writeSampleTenants(ws);
}

import type { TenantsContent } from '../../../lib/tenants/content.ts';
import { archiveSecret, reviveSecret } from '../../../lib/tenants/secrets.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { confirmed } from '../output/confirm.ts';
import { done, print, say, styled } from '../output/text.ts';
import { changeSealedTenants, openSealedTenants, requireTenant, sealedPlace } from '../sealing/tenants.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** A secret of a sealed tenant, and what becomes of it. */
interface Archiving {
  readonly tenant: string;
  readonly secret: number;
  /** @default every secret path */
  readonly path: string | undefined;
  readonly undo: boolean;
  readonly at: string | undefined;
}

interface How {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/**
 * Archives a former secret of a tenant, or takes that back. On a terminal it shows what archiving does, and asks. Rejects with
 * `TenantsError` for a secret that is current.
 */
export async function archiveTenantSecret(
  ws: Workspace,
  archiving: Archiving,
  { dryRun, yes, json }: How,
  io: Io,
): Promise<ExitCode> {
  const { tenant, secret, path, undo, at } = archiving;
  const place = await sealedPlace(ws, at);
  const changed = (content: TenantsContent): TenantsContent =>
    undo ? reviveSecret(content, tenant, secret) : archiveSecret(content, tenant, secret, path);
  const { version: before, content } = await openSealedTenants(place); // refuses a place without sealed tenants
  requireTenant(content, tenant);
  changed(content); // refuses what cannot be done, before a question
  const facts = { tenant, secretId: secret, ...(path !== undefined && { path }), undo };
  if (dryRun) {
    if (json) print(io, JSON.stringify({ ...facts, version: before, dryRun }));
    else print(io, `${styled(io.stdout, 'cyan', undo ? 'would take back' : 'would archive')} ${whatOf(archiving)}`);
    if (!undo) sayWhatEnds(io, archiving);
    return EXIT.ok;
  }
  if (!undo && !yes && io.ask !== undefined) {
    sayWhatEnds(io, archiving);
    if (!(await confirmed(io, `Archive ${whatOf(archiving)}?`, yes))) return EXIT.bad;
  }
  const { version } = await changeSealedTenants(place, { nowMs: io.nowMs() }, (sealed) =>
    Promise.resolve({ content: changed(sealed!) }),
  );
  const what = undo ? 'gives keys again' : 'is archived';
  if (json) print(io, JSON.stringify({ ...facts, version }));
  else print(io, done(io, `${tenant}: the secret ${secret} ${what} (version ${version})`));
  return EXIT.ok;
}

function whatOf({ tenant, secret, path }: Archiving): string {
  const where = path === undefined ? 'every secret path' : `the secret path ${JSON.stringify(path)}`;
  return `the secret ${secret} of ${tenant} for ${where}`;
}

function sayWhatEnds(io: Io, { secret }: Archiving): void {
  say(io, `  Fields under the secret ${secret} are then not found or decrypted, until --undo: move them first.`);
}

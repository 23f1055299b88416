import { archiveSecret, reviveSecret } from '../../../lib/tenants/secrets.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print } from '../output/text.ts';
import { changeSealedTenants, openSealedTenants, sealedPlace } from '../sealing/tenants.ts';
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

/** Archives a former secret of a tenant, or takes that back. Rejects with `TenantsError` for one that is current. */
export async function archiveTenantSecret(
  ws: Workspace,
  { tenant, secret, path, undo, at }: Archiving,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const place = await sealedPlace(ws, at);
  await openSealedTenants(place); // refuses a place without sealed tenants
  const { version } = await changeSealedTenants(place, { nowMs: io.nowMs() }, (before) =>
    Promise.resolve({
      content: undo ? reviveSecret(before!, tenant, secret) : archiveSecret(before!, tenant, secret, path),
    }),
  );
  const what = undo ? 'gives keys again' : 'is archived';
  if (json) print(io, JSON.stringify({ tenant, secretId: secret, ...(path !== undefined && { path }), undo, version }));
  else print(io, done(io, `${tenant}: the secret ${secret} ${what} (version ${version})`));
  return EXIT.ok;
}

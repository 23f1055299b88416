import { randomBytes } from 'node:crypto';
import { rotateSecret } from '../../../lib/tenants/secrets.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print, say } from '../output/text.ts';
import { changeSealedTenants, openSealedTenants, requireTenant, sealedPlace } from '../sealing/tenants.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** A tenant, and where it is sealed. */
interface SealedTenant {
  readonly tenant: string;
  /** @default every secret path */
  readonly path: string | undefined;
  readonly at: string | undefined;
}

/** Gives a tenant a new secret for its deterministic keys. Fields of the former secrets are still found. */
export async function rotateTenantSecret(
  ws: Workspace,
  { tenant, path, at }: SealedTenant,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const place = await sealedPlace(ws, at);
  const { content } = await openSealedTenants(place); // refuses a place without sealed tenants
  requireTenant(content, tenant);
  const { version, secretId } = await changeSealedTenants(place, { nowMs: io.nowMs() }, (before) =>
    rotateSecret(before!, tenant, place.tenantKms, randomBytes, path),
  );
  if (json) {
    print(io, JSON.stringify({ tenant, ...(path !== undefined && { path }), secretId, version }));
    return EXIT.ok;
  }
  print(
    io,
    done(
      io,
      `${tenant}: deterministic keys${path === undefined ? '' : ` of the path ${JSON.stringify(path)}`} come from the secret ${secretId} (version ${version})`,
    ),
  );
  say(
    io,
    '  Fields that were encrypted with an earlier one are found and decrypted as before; "rotateField" of the clients moves them.',
  );
  return EXIT.ok;
}

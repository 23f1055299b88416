import type { SecretFailure } from '../../../lib/tenants/secrets.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspaceTenants } from '../documents/tenants.ts';
import { done, print, quantity, say, styled } from '../output/text.ts';
import { sealedPlace, sealWrittenTenants } from '../sealing/tenants.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { sayWarnings } from './warnings.ts';

/** Where to, under which key, and which names are our own. */
interface Target {
  readonly to: string | undefined;
  readonly kms: string | undefined;
  readonly own: readonly string[] | undefined;
}

/** Puts the tenants file with its secrets in force: gateway and forwarder read what is sealed. */
export async function sealTenantsFile(
  ws: Workspace,
  { to, kms, own = [] }: Target,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const place = await sealedPlace(ws, to);
  const written = await readWorkspaceTenants(ws, io.env, {
    forCloud: place.isCloud,
    own: [...own, ...(place.bucket === undefined ? [] : [place.bucket])],
  });
  const report = await sealWrittenTenants(written, place, { kms, nowMs: io.nowMs() });
  const { version, made, rewrapped, failures } = report;
  const tenants = written.document.tenants.length;
  if (json) {
    const { warnings } = written;
    print(io, JSON.stringify({ file: place.name, version, tenants, made, rewrapped, warnings, failures }));
    return EXIT.ok;
  }
  sayWarnings(io, written);
  for (const failure of failures) say(io, failureText(io, failure));
  for (const id of made) say(io, done(io, `${id}: a secret for deterministic keys is made`));
  for (const id of rewrapped) say(io, done(io, `${id}: its secrets are wrapped by its new primary KMS configuration`));
  print(io, done(io, `${place.name}: ${quantity(tenants, 'tenant')}, version ${version}`));
  return EXIT.ok;
}

function failureText(io: Io, { tenantId, code, message }: SecretFailure): string {
  const shown = `${tenantId}: its KMS does not wrap a secret (${code}: ${message})`;
  const warning = styled(io.stderr, 'red', 'warning:');
  return `${warning} ${shown}; deterministic fields wait for the next "protector tenants seal"`;
}

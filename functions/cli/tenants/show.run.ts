import type { TenantContent } from '../../../lib/tenants/content.ts';
import { placeOfSink, shownTenants } from '../../../lib/tenants/shown.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { print, styled } from '../output/text.ts';
import { openSealedTenants, sealedPlace } from '../sealing/tenants.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Shows the sealed tenants, which are those in force. Never shows a secret. */
export async function showSealedTenants(
  ws: Workspace,
  at: string | undefined,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const place = await sealedPlace(ws, at);
  const { version, createdAt, kmsKeyId, content } = await openSealedTenants(place);
  if (json) {
    print(io, JSON.stringify({ version, createdAt, kmsKeyId, ...shownTenants(content) }));
    return EXIT.ok;
  }
  const { apiKeys, unconfigured, tenants, former } = content;
  print(io, `${styled(io.stdout, 'bold', place.name)} version ${version}, sealed ${createdAt} under ${kmsKeyId}`);
  print(io, `API keys: ${apiKeys.map(({ id }) => id).join(', ') || 'none'}; events without a sink: ${unconfigured}`);
  const keyHead = ['tenant', 'KMS', 'key', 'state', 'leasing', 'secrets'];
  print(io, table(io.stdout, keyHead, tenants.flatMap(keyRows), 90));
  const sinkHead = ['tenant', 'sink', 'kind', 'to', 'format', 'events'];
  print(io, table(io.stdout, sinkHead, tenants.flatMap(sinkRows), 60));
  if (former.length > 0) print(io, `taken out, their keys remembered: ${former.map(({ id }) => id).join(', ')}`);
  return EXIT.ok;
}

/** Makes a row of each KMS configuration. What belongs to the tenant as a whole stands in its first row. */
function keyRows({ id, kms, leasing, secrets }: TenantContent): string[][] {
  const current = secrets.findLast((secret) => secret.current && secret.path === undefined)?.id;
  const lease = leasing === undefined ? 'no' : `${leasing.maxAgeS} s, ${leasing.maxUses} uses, open ${leasing.openS} s`;
  const ofTenant = [lease, secrets.length === 0 ? 'none' : `${secrets.length}, current ${current}`];
  if (kms.length === 0) return [[id, 'none', '', '', ...ofTenant]];
  return kms.map((one, i) => {
    const state = one.primary ? `${one.state}, primary` : one.state;
    return [i === 0 ? id : '', String(one.id), one.key, state, ...(i === 0 ? ofTenant : ['', ''])];
  });
}

function sinkRows({ id, sinks }: TenantContent): string[][] {
  return sinks.map(({ name, enabled, format, include, exclude, settings }) => {
    const events = [include.join(' ') || 'all', ...(exclude.length > 0 ? [`but ${exclude.join(' ')}`] : [])].join(' ');
    return [id, enabled ? name : `${name} (off)`, settings.kind, placeOfSink(settings), format, events];
  });
}

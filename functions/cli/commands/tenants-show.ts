import type { TenantContent } from '../../../lib/tenants/content.ts';
import { placeOfSink, shownTenants } from '../../../lib/tenants/shown.ts';
import { print, styled, table } from '../output.ts';
import { openSealedTenants, sealedPlace } from '../sealed-tenants.ts';
import { workspace } from '../workspace.ts';

export interface ShowOptions {
  readonly dir: string;
  readonly at?: string;
  readonly json?: boolean;
}

/** `protector tenants show`: the sealed tenants, which are those in force. Never a secret. */
export async function tenantsShow(options: ShowOptions): Promise<void> {
  const place = sealedPlace(workspace(options.dir), options.at);
  const { version, createdAt, kmsKeyId, content } = await openSealedTenants(place);
  if (options.json === true) {
    return print(JSON.stringify({ version, createdAt, kmsKeyId, ...shownTenants(content) }));
  }
  const { apiKeys, unconfigured, tenants, former } = content;
  print(`${styled('bold', place.name)} version ${version}, sealed ${createdAt} under ${kmsKeyId}`);
  print(`API keys: ${apiKeys.map(({ id }) => id).join(', ') || 'none'}; events without a sink: ${unconfigured}`);
  print(table(['tenant', 'KMS', 'key', 'state', 'leasing', 'secrets'], tenants.flatMap(keyRows), 90));
  print(table(['tenant', 'sink', 'kind', 'to', 'format', 'events'], tenants.flatMap(sinkRows), 60));
  if (former.length > 0) print(`taken out, their keys remembered: ${former.map(({ id }) => id).join(', ')}`);
}

/** A row per KMS configuration; what is the tenant's as a whole stands in the first one. */
function keyRows({ id, kms, leasing, secrets }: TenantContent): string[][] {
  const current = secrets.find((secret) => secret.current)?.id;
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

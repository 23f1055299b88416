// What a tenants file may say and should not without a reason, and what it may say on a laptop only.

import type { Problem } from '../document/problem.ts';
import { CUSTOM_EVENT, PREDEFINED_EVENTS } from '../events/names.ts';
import { type Reference, referencesIn, type SecretValues } from './references.ts';
import type { TenantsDocument } from './schema.ts';

/** Warnings about a document that `parseTenants` accepted. */
export function lintTenants(document: TenantsDocument, secrets: SecretValues): Problem[] {
  const used = new Set(references(document).map(({ name }) => name));
  const warnings: Problem[] = [...secrets.keys()]
    .filter((name) => !used.has(name))
    .map((name) => ({ path: '$', message: `nothing uses the secret ${JSON.stringify(name)}` }));
  if (document.tenants.length > 0 && document.apiKeys.length === 0) {
    warnings.push({ path: '$.apiKeys', message: 'there is no API key: nobody can call the gateway' });
  }
  document.tenants.forEach((tenant, i) => {
    const path = `$.tenants[${i}]`;
    if (tenant.kms.length > 0 && !tenant.kms.some(({ primary }) => primary)) {
      warnings.push({ path: `${path}.kms`, message: 'no KMS configuration is primary: nothing new can be encrypted' });
    }
    tenant.sinks.forEach((sink, n) => {
      for (const list of ['include', 'exclude'] as const) {
        sink[list].forEach((pattern, p) => {
          if (mayMatch(pattern)) return;
          warnings.push({ path: `${path}.sinks[${n}].${list}[${p}]`, message: 'no event has such a name' });
        });
      }
      if (!('roleArn' in sink) || sink.roleArn === undefined || sink.externalId !== undefined) return;
      const message = 'a role without an external id may be assumed for others too: ask the tenant for one';
      warnings.push({ path: `${path}.sinks[${n}].roleArn`, message });
    });
  });
  return warnings;
}

/** What cannot work outside a laptop: keys, files and standard output of this machine. */
export function checkDeployable(document: TenantsDocument): Problem[] {
  return document.tenants.flatMap(({ kms, sinks }, i) => [
    ...kms.flatMap(({ key }, n): Problem[] => {
      if (!key.startsWith('insecure-local:')) return [];
      return [{ path: `$.tenants[${i}].kms[${n}].key`, message: 'a local key is there on a laptop only' }];
    }),
    ...sinks.flatMap(({ kind }, n): Problem[] => {
      if (kind !== 'file' && kind !== 'stdout') return [];
      return [{ path: `$.tenants[${i}].sinks[${n}].kind`, message: `a sink of the kind ${kind} is for a laptop only` }];
    }),
  ]);
}

/** Whether some event may have a name of this pattern, as far as its beginning tells. */
function mayMatch(pattern: string): boolean {
  const [beginning = '', ...more] = pattern.split('*');
  if (more.length === 0) return PREDEFINED_EVENTS.has(pattern) || CUSTOM_EVENT.test(pattern);
  return (
    ['CUSTOM_', ...PREDEFINED_EVENTS].some((name) => name.startsWith(beginning)) || beginning.startsWith('CUSTOM_')
  );
}

function references({ apiKeys, tenants }: TenantsDocument): Reference[] {
  return [...referencesIn(apiKeys, '$.apiKeys'), ...referencesIn(tenants, '$.tenants')];
}

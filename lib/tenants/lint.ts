// Lint of a tenants file: what is valid and probably a mistake, and what works on a laptop only.

import type { Problem } from '../document/problem.ts';
import { CUSTOM_EVENT, PREDEFINED_EVENTS } from '../events/names.ts';
import { referencesIn, type SecretValues } from './references.ts';
import type { TenantsDocument } from './schema.ts';
import { SINK_KINDS, type SinkDocument, type SinkKind } from './sinks/table.ts';

/** Returns warnings about a document that `parseTenants` accepted. */
export function lintTenants(document: TenantsDocument, secrets: SecretValues): Problem[] {
  const { apiKeys, tenants } = document;
  const used = new Set(referencesIn({ apiKeys, tenants }, '$').map(({ name }) => name));
  const warnings: Problem[] = [...secrets.keys()]
    .filter((name) => !used.has(name))
    .map((name) => ({ path: '$', message: `nothing uses the secret ${JSON.stringify(name)}` }));
  if (tenants.length > 0 && apiKeys.length === 0) {
    warnings.push({ path: '$.apiKeys', message: 'there is no API key: the gateway rejects every call' });
  }
  tenants.forEach(({ kms, sinks }, i) => {
    const path = `$.tenants[${i}]`;
    if (kms.length > 0 && !kms.some(({ primary }) => primary)) {
      warnings.push({ path: `${path}.kms`, message: 'no KMS configuration is primary: nothing new can be encrypted' });
    }
    warnings.push(...sinks.flatMap((sink, n) => lintSink(sink, `${path}.sinks[${n}]`)));
  });
  return warnings;
}

function lintSink<Kind extends SinkKind>(sink: SinkDocument<Kind>, path: string): Problem[] {
  const patterns = (['include', 'exclude'] as const).flatMap((list) =>
    sink[list].flatMap((pattern, p): Problem[] =>
      mayMatch(pattern) ? [] : [{ path: `${path}.${list}[${p}]`, message: 'no event has such a name' }],
    ),
  );
  return [...patterns, ...SINK_KINDS[sink.kind].lint(sink, path)];
}

/** Finds what cannot work outside a laptop: keys, files and standard output of this machine. */
export function checkDeployable(document: TenantsDocument): Problem[] {
  return document.tenants.flatMap(({ kms, sinks }, i) => [
    ...kms.flatMap(({ key }, n): Problem[] => {
      if (!key.startsWith('insecure-local:')) return [];
      return [{ path: `$.tenants[${i}].kms[${n}].key`, message: 'a local key works on a laptop only' }];
    }),
    ...sinks.flatMap(({ kind }, n): Problem[] => {
      if (!SINK_KINDS[kind].laptopOnly) return [];
      return [{ path: `$.tenants[${i}].sinks[${n}].kind`, message: `a sink of kind ${kind} works on a laptop only` }];
    }),
  ]);
}

/** Says whether an event can have a name of this pattern, judging by the text before the first `*`. */
function mayMatch(pattern: string): boolean {
  const [beginning = '', ...more] = pattern.split('*');
  if (more.length === 0) return PREDEFINED_EVENTS.has(pattern) || CUSTOM_EVENT.test(pattern);
  return (
    ['CUSTOM_', ...PREDEFINED_EVENTS].some((name) => name.startsWith(beginning)) || beginning.startsWith('CUSTOM_')
  );
}

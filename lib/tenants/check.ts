// Contradictions between the parts of a tenants document, and between the document and its secrets.

import { duplicates, type Entry } from '../document/entries.ts';
import { memberStep } from '../document/path.ts';
import type { Problem } from '../document/problem.ts';
import { isStrongApiKey } from './api-keys.ts';
import type { TenantDraft, TenantsDraft } from './draft.ts';
import { referencesIn, type SecretValues } from './references.ts';
import type { ApiKeyDocument } from './schema.ts';
import { SINK_KINDS, type SinkDocument, type SinkKind } from './sinks/table.ts';

/** Finds every problem of a draft that the schema cannot see. */
export function checkDraft(draft: TenantsDraft, secrets: SecretValues): Problem[] {
  const ids = draft.tenants.flatMap(({ path, id }) => (id === undefined ? [] : [{ value: id, path: `${path}.id` }]));
  const dataStores = draft.tenants.flatMap((tenant) => tenant.dataStores);
  return [
    ...duplicates(draft.apiKeys, ({ id }) => id, 'another API key has this id'),
    ...draft.apiKeys.flatMap((entry) => checkApiKey(entry, secrets)),
    ...duplicates(ids, (id) => id, 'another tenant has this id'),
    ...duplicates(dataStores, (name) => name, 'the data store is listed before: it can belong to one tenant only'),
    ...draft.tenants.flatMap((tenant) => checkTenant(tenant, draft, secrets)),
  ];
}

function checkApiKey({ value, path }: Entry<ApiKeyDocument>, secrets: SecretValues): Problem[] {
  if (!('secretRef' in value)) return [];
  const at = `${path}.secretRef`;
  const key = secrets.get(value.secretRef);
  if (key === undefined) return [missing(at, value.secretRef)];
  if (isStrongApiKey(key)) return [];
  const message = `the secret ${JSON.stringify(value.secretRef)} is too weak for an API key: it must be 32 random bytes or more, in base64 or hexadecimal`;
  return [{ path: at, message }];
}

function checkTenant(tenant: TenantDraft, { unconfigured }: TenantsDraft, secrets: SecretValues): Problem[] {
  const { path, kms, sinks } = tenant;
  const problems = [
    ...duplicates(kms, ({ id }) => String(id), 'another KMS configuration of the tenant has this id'),
    ...duplicates(kms, ({ key }) => key, 'another KMS configuration of the tenant has this key'),
    ...duplicates(sinks, ({ name }) => name.toLowerCase(), 'another sink of the tenant has this name'),
    ...sinks.flatMap((sink) => checkSink(sink, secrets)),
  ];
  const primaries = kms.filter(({ value }) => value.primary);
  for (const { path: at } of primaries.slice(1)) {
    problems.push({ path: `${at}.primary`, message: 'another KMS configuration of the tenant is primary' });
  }
  for (const { path: at, value } of primaries) {
    if (value.state === 'active') continue;
    problems.push({ path: `${at}.state`, message: `a primary KMS configuration must be active, not ${value.state}` });
  }
  const isLogged = tenant.isSinkMalformed || sinks.some(({ value }) => value.enabled) || unconfigured !== 'discard';
  if (tenant.leasing && !isLogged) {
    const message =
      'leasing needs an enabled sink, or "unconfigured": "stdout": the KMS does not see what a leased key does';
    problems.push({ path: `${path}.leasing`, message });
  }
  return problems;
}

function checkSink<Kind extends SinkKind>({ value: sink, path }: Entry<SinkDocument<Kind>>, secrets: SecretValues) {
  const { secrets: forms, check } = SINK_KINDS[sink.kind];
  const problems = Object.entries(sink).flatMap(([member, value]) =>
    referencesIn(value, path + memberStep(member)).flatMap(({ name, path: at }): Problem[] => {
      const secret = secrets.get(name);
      if (secret === undefined) return [missing(at, name)];
      const wrong = forms[member]?.(secret, sink);
      return wrong === undefined ? [] : [{ path: at, message: `the secret ${JSON.stringify(name)} ${wrong}` }];
    }),
  );
  return [...problems, ...check(sink, path)];
}

function missing(path: string, name: string): Problem {
  return { path, message: `there is no secret ${JSON.stringify(name)}` };
}

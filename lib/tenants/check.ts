// What the parts of a tenants document say of each other, and of its secrets, that cannot be.

import { duplicates, type Entry } from '../document/entries.ts';
import type { Problem } from '../document/problem.ts';
import { isStrongApiKey } from './api-keys.ts';
import { areCertificates, wrongSecret } from './check-secret.ts';
import type { TenantDraft, TenantsDraft } from './draft.ts';
import { referencesIn, type SecretValues } from './references.ts';
import type { ApiKeyDocument } from './schema.ts';
import type { SinkDocument } from './sink-schema.ts';

/** Every problem of a draft besides those of form. */
export function checkDraft(draft: TenantsDraft, secrets: SecretValues): Problem[] {
  const ids = draft.tenants.flatMap(({ path, id }) => (id === undefined ? [] : [{ value: id, path: `${path}.id` }]));
  const dataStores = draft.tenants.flatMap((tenant) => tenant.dataStores);
  return [
    ...duplicates(draft.apiKeys, ({ id }) => id, 'another API key has this id'),
    ...draft.apiKeys.flatMap((entry) => checkApiKey(entry, secrets)),
    ...duplicates(ids, (id) => id, 'another tenant has this id'),
    ...duplicates(dataStores, (name) => name, 'the data store is listed before: it can be of one tenant only'),
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

function checkSink({ value: sink, path }: Entry<SinkDocument>, secrets: SecretValues): Problem[] {
  const problems = referencesIn(sink, path).flatMap(({ name, path: at }): Problem[] => {
    const value = secrets.get(name);
    if (value === undefined) return [missing(at, name)];
    const wrong = wrongSecret(sink, value);
    return wrong === undefined ? [] : [{ path: at, message: `the secret ${JSON.stringify(name)} ${wrong}` }];
  });
  const certificates = { ca: 'ca' in sink ? sink.ca : undefined, cert: 'cert' in sink ? sink.cert : undefined };
  for (const [member, pem] of Object.entries(certificates)) {
    if (pem === undefined || areCertificates(pem)) continue;
    problems.push({ path: `${path}.${member}`, message: 'holds a certificate that cannot be read' });
  }
  if (sink.kind === 'syslog' && (sink.cert === undefined) !== (sink.key === undefined)) {
    const there = sink.key === undefined ? 'cert' : 'key';
    problems.push({ path: `${path}.${there}`, message: '"cert" and "key" go together' });
  }
  if (sink.kind === 'otlp') {
    for (const name of Object.keys(sink.headers)) {
      if (!OWN_HEADERS.has(name.toLowerCase())) continue;
      problems.push({ path: `${path}.headers`, message: `the header ${name} is set by the sink itself` });
    }
  }
  if (
    (sink.kind === 'cloudwatch-logs' || sink.kind === 's3') &&
    sink.externalId !== undefined &&
    sink.roleArn === undefined
  ) {
    problems.push({ path: `${path}.externalId`, message: 'an external id goes with a role: "roleArn" is missing' });
  }
  return problems;
}

/** What a client of HTTP says itself (RFC 9110, RFC 9112). */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function missing(path: string, name: string): Problem {
  return { path, message: `there is no secret ${JSON.stringify(name)}` };
}

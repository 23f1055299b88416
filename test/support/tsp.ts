// The tenant gateway in memory, with the tenants, named EDEKs and API keys of its wire vectors.
import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { tenantGateway } from '../../functions/runtime/keys/tenant-gateway.ts';
import type { LogEntry } from '../../functions/runtime/application-log.ts';
import type { LambdaHandler } from '../../functions/runtime/invocation.ts';
import { BundleError } from '../../lib/crypto/sealed-bundle.ts';
import { apiKeyDigest } from '../../lib/tenants/api-keys.ts';
import { directEdek, parseEdek } from '../../lib/tenants/edek.ts';
import { readEnvelope, writeEnvelope } from '../../lib/tenants/edek-envelope.ts';
import type { KmsConfiguration, Tenant, Tenants } from '../../lib/tenants/model.ts';
import type { TenantError } from '../../lib/tenants/errors.ts';
import type { GatewayEvent, GatewayReply } from '../../lib/wire/gateway.ts';
import {
  by,
  configuration,
  keyServiceUnderTest,
  type KeyServiceUnderTest,
  LEASING,
  tenant,
  withSecrets,
} from './key-service.ts';
import type { WireVector } from './wire-vectors.ts';

/** 32 random bytes each, base64url. The second is there for the time in which keys are rotated. */
export const API_KEYS = ['rV5Jq8mTnB2cXeLwZ0yKdHfUaG7iPsQo9N1tM4xE6bA', 'qO3sVb7XyTz1JmKpR9wLcE5uHdN2fGgA8iM6vBxYtU4'];

export interface TspUnderTest extends KeyServiceUnderTest {
  readonly tenants: Tenants;
  readonly handler: LambdaHandler<GatewayEvent, GatewayReply>;
  readonly logged: LogEntry[];
  /** Lines in embedded metric format. */
  readonly metrics: string[];
  /** EDEKs in base64, by the names that vectors have for them. */
  readonly edeks: Readonly<Record<string, string>>;
}

const KMS_FAULTS: Partial<Record<NonNullable<WireVector['fault']>, TenantError['code']>> = {
  'kms-denied': 'KMS_AUTHORIZATION_FAILED',
  'kms-throttled': 'KMS_THROTTLED',
  'kms-unreachable': 'KMS_UNREACHABLE',
  'kms-invalid': 'KMS_CONFIGURATION_INVALID',
  'kms-account': 'KMS_ACCOUNT_ISSUE',
  'kms-wrap-failed': 'KMS_WRAP_FAILED',
  'kms-unwrap-failed': 'KMS_UNWRAP_FAILED',
};

const FOUR: readonly KmsConfiguration[] = [
  configuration(1, { key: 'memory:acme' }),
  configuration(2, { key: 'memory:acme', primary: true }),
  configuration(3, { key: 'memory:acme', state: 'disabled' }),
  configuration(4, { key: 'memory:acme', state: 'archived' }),
];

/**
 * `acme` has a KMS configuration of every state and two secrets; `lessor` leases; the names of the others say what they
 * lack.
 */
export async function tspUnderTest(fault?: WireVector['fault']): Promise<TspUnderTest> {
  const under = keyServiceUnderTest();
  const acme = { ...(await withSecrets(under.kms, tenant('acme', { kms: FOUR }), 2)) };
  const list = [
    acme,
    tenant('globex'),
    tenant('lessor', { leasing: LEASING }),
    tenant('lessor-new', { leasing: LEASING }),
    tenant('no-primary', { kms: [configuration(1)] }),
    tenant('inactive', { kms: [configuration(1, { state: 'disabled' })] }),
  ];
  const tenants: Tenants = {
    version: 1,
    apiKeys: API_KEYS.map((key, i) => ({ id: `key-${i}`, digest: apiKeyDigest(key) })),
    unconfigured: 'discard',
    tenants: new Map(list.map((one) => [one.id, one])),
  };
  const edeks = await namedEdeks(under, tenants, acme);
  under.events.length = 0;
  under.lines.length = 0;
  under.sink.down = fault === 'events-unavailable';
  const kmsFault = fault === undefined ? undefined : KMS_FAULTS[fault];
  if (kmsFault !== undefined) under.kms.fail(kmsFault);
  // Leases that were opened while the EDEKs were made are those of another environment.
  if (kmsFault !== undefined) under.leases.close();
  const logged: LogEntry[] = [];
  const metrics: string[] = [];
  const environment = {
    ...under,
    random: randomBytes,
    nowMs: () => under.clock.nowMs,
    events: under.log,
    tenants: () =>
      fault === 'tenants-missing'
        ? Promise.reject(new BundleError('BUNDLE_MALFORMED', 'No sealed tenants can be read'))
        : Promise.resolve(tenants),
    writeMetrics: (line: string) => void metrics.push(line),
  };
  const handler = tenantGateway(
    () => Promise.resolve(environment),
    (entry) => void logged.push(entry),
  );
  return { ...under, tenants, handler, logged, metrics, edeks };
}

const changedAt = (bytes: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
};

const inside = (edek: Buffer, change: (data: Buffer) => Buffer): Buffer => {
  const { configuration: id, data } = readEnvelope(edek);
  return Buffer.from(writeEnvelope({ configuration: id, data: change(Buffer.from(data)) }));
};

async function namedEdeks(under: KeyServiceUnderTest, tenants: Tenants, acme: Tenant): Promise<Record<string, string>> {
  const wrap = async (id: string, primary?: number): Promise<Buffer> => {
    const owner = tenants.tenants.get(id)!;
    const kms = owner.kms.map((one) => ({ ...one, state: 'active' as const, primary: one.id === primary }));
    const changed = primary === undefined ? tenants : { ...tenants, tenants: new Map([[id, { ...owner, kms }]]) };
    return Buffer.from((await under.service.wrap(changed, by(id))).edek);
  };
  const [current, lessor] = [await wrap('acme'), await wrap('lessor')];
  const lease = parseEdek(lessor);
  const bytes = {
    acme: current,
    'acme-old': await wrap('acme', 1),
    'acme-disabled': await wrap('acme', 3),
    'acme-archived': await wrap('acme', 4),
    globex: await wrap('globex'),
    lessor,
    altered: inside(current, (data) => changedAt(data, -1, data.at(-1)! ^ 1)),
    'lessor-altered': inside(lessor, (data) => changedAt(data, -1, data.at(-1)! ^ 1)),
    'other-configuration': changedAt(current, -1, 1),
    cut: current.subarray(0, -1),
    'unknown-configuration': Buffer.from(directEdek(77, Buffer.from('wrapped'))),
    'unknown-version': inside(current, (data) => changedAt(data, 0, 2)),
    'unknown-mode': inside(current, (data) => changedAt(data, 1, 9)),
    'no-message': Buffer.from(readEnvelope(current).data),
    'lease-as-document': Buffer.from(directEdek(1, lease.mode === 'leased' ? lease.lease : Buffer.alloc(0))),
    'secret-as-document': Buffer.from(acme.secrets[0]!.edek),
  };
  return Object.fromEntries(Object.entries(bytes).map(([name, edek]) => [name, edek.toString('base64')]));
}

/**
 * The body of a vector's request, with what its texts stand for: `$edek:NAME` an EDEK, `$text:N` N characters, `$list:N` N texts,
 * `$map:NxM` N members with M characters each.
 */
export function tspBody({ request: { body } }: WireVector, edeks: TspUnderTest['edeks']): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text
    .replaceAll(/\$edek:([a-z-]+)/g, (_, name: string) => edeks[name]!)
    .replaceAll(/\$text:(\d+)/g, (_, length: string) => 'x'.repeat(Number(length)))
    .replaceAll(/"\$list:(\d+)"/g, (_, length: string) =>
      JSON.stringify(Array.from({ length: Number(length) }, (__, i) => `d${i}`)),
    )
    .replaceAll(/"\$map:(\d+)x(\d+)"/g, (_, count: string, length: string) => {
      const entries = Array.from({ length: Number(count) }, (__, i) => [`k${i}`, 'x'.repeat(Number(length))]);
      return JSON.stringify(Object.fromEntries(entries));
    });
}

/** Fails the test unless the events match the vector. */
export function expectEvents({ events: expected }: WireVector, lines: readonly string[]): void {
  if (expected === undefined || expected === 'any') return;
  const events = lines.map((line) => {
    const { iclFields, ...event } = JSON.parse(line) as Record<string, object>;
    return { ...event, ...iclFields };
  });
  expect(events).toEqual(expected.map((event) => expect.objectContaining(event)));
}

// The key service over in-memory KMSs, with a clock that tests move and a list that collects events.
import { randomBytes } from 'node:crypto';
import type { Secret } from '../../lib/base/secret.ts';
import { EventError } from '../../lib/events/errors.ts';
import type { EventDraft } from '../../lib/events/event.ts';
import { EventLog } from '../../lib/events/event-log.ts';
import type { EventLine } from '../../lib/events/ports.ts';
import type { Metadata } from '../../lib/tenants/key-journal.ts';
import type { WrappedDocumentKey } from '../../lib/tenants/key-operations.ts';
import { type EventAcceptor, KeyService } from '../../lib/tenants/key-service.ts';
import { Leases } from '../../lib/tenants/leases.ts';
import type { KmsConfiguration, Leasing, Tenant, Tenants } from '../../lib/tenants/model.ts';
import { newTenantSecret } from '../../lib/tenants/tenant-secret.ts';
import { type MemoryTenantKms, memoryTenantKms } from './memory-tenant-kms.ts';

export const LEASING: Leasing = { maxAgeS: 3600, maxUses: 1_000_000, openS: 300 };
/** 2027-01-15. */
export const NOW_MS = 1_800_000_000_000;

export interface KeyServiceUnderTest {
  readonly service: KeyService;
  readonly leases: Leases;
  readonly kms: MemoryTenantKms;
  readonly clock: { nowMs: number };
  readonly events: EventDraft[];
  /** Accepts events as the service does. */
  readonly log: EventAcceptor;
  /** The lines in the sink. */
  readonly lines: string[];
  /** While true, no event becomes durable. */
  readonly sink: { down: boolean };
}

export function keyServiceUnderTest({ limit }: { readonly limit?: number } = {}): KeyServiceUnderTest {
  const kms = memoryTenantKms();
  const clock = { nowMs: NOW_MS };
  const sink = { down: false };
  const events: EventDraft[] = [];
  const lines: string[] = [];
  const leases = new Leases({
    kms,
    random: randomBytes,
    nowMs: () => clock.nowMs,
    ...(limit !== undefined && { limit }),
  });
  const append = async (appended: readonly EventLine[]): Promise<void> => {
    if (sink.down) throw new EventError('EVENT_NOT_DURABLE', 'The sink is down');
    lines.push(...appended.map(({ line }) => line));
  };
  const log = new EventLog({ sink: { append }, nowMs: () => clock.nowMs, random: randomBytes });
  const accept = async (drafts: readonly EventDraft[]): Promise<void> => {
    await log.accept(drafts);
    events.push(...drafts);
  };
  const service = new KeyService({ kms, leases, random: randomBytes, events: { accept } });
  return { service, leases, kms, clock, events, sink, log: { accept }, lines };
}

export function configuration(id: number, change: Partial<KmsConfiguration> = {}): KmsConfiguration {
  return { id, key: `memory:${id}`, state: 'active', primary: false, ...change };
}

export function tenant(id: string, change: Partial<Tenant> = {}): Tenant {
  const kms = [configuration(1, { key: `memory:${id}`, primary: true })];
  return { id, kms, leasing: undefined, secrets: [], dataStores: [], sinks: [], ...change };
}

export function tenantsOf(...list: readonly Tenant[]): Tenants {
  return { version: 1, apiKeys: [], unconfigured: 'discard', tenants: new Map(list.map((one) => [one.id, one])) };
}

/** The tenant with `count` secrets under its first configuration; the last is current. */
export async function withSecrets(kms: MemoryTenantKms, owner: Tenant, count: number): Promise<Tenant> {
  const ids = Array.from({ length: count }, (_, i) => i + 1);
  const edeks = await Promise.all(ids.map(() => newTenantSecret(kms, owner.id, owner.kms[0]!)));
  return { ...owner, secrets: ids.map((id, i) => ({ id, edek: edeks[i]!, current: id === count })) };
}

export function by(tenantId: string, requestingId = 'somebody'): Metadata {
  return { tenantId, iclFields: { requestingId, dataLabel: 'PII' }, customFields: {} };
}

export const hex = (secret: Secret): string => Buffer.from(secret.expose()).toString('hex');
export const dekOf = ({ dek }: WrappedDocumentKey): string => hex(dek);

/** The log messages of events, in order. */
export const messages = (events: readonly EventDraft[]): unknown[] =>
  events.map(({ iclFields }) => iclFields['logMsg']);

/** Counts each log message. */
export function tally(events: readonly EventDraft[]): Record<string, number> {
  const groups = Map.groupBy(messages(events), String);
  return Object.fromEntries([...groups].map(([text, list]) => [text, list.length]));
}

// Tenants as sealed files hold them, with no more than a test is about.
import type { Sink, Tenant, Tenants } from '../../lib/tenants/model.ts';

export function sinkOf(name: string, changes: Partial<Sink> = {}): Sink {
  const settings = { kind: 'stdout' } as const;
  return { name, enabled: true, format: 'native', include: [], exclude: [], settings, ...changes };
}

export function tenantOf(id: string, changes: Partial<Tenant> = {}): Tenant {
  return { id, kms: [], leasing: undefined, secrets: [], dataStores: [], sinks: [], ...changes };
}

export function tenantsOf(tenants: readonly Tenant[], changes: Partial<Tenants> = {}): Tenants {
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  return { version: 1, apiKeys: [], unconfigured: 'stdout', tenants: byId, ...changes };
}

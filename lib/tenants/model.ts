// What is known of tenants: their keys, their secrets, and where their events go.

import type { Secret } from '../base/secret.ts';
import type { EventFormat } from './event-format.ts';
import type { SettingsWith, SinkKind } from './sinks/table.ts';

export type { SinkKind };

export interface Tenants {
  /** Grows with every sealing. */
  readonly version: number;
  readonly apiKeys: readonly ApiKey[];
  /** What becomes of the events of tenants that have no sink, or are not known. */
  readonly unconfigured: 'stdout' | 'discard';
  readonly tenants: ReadonlyMap<string, Tenant>;
}

/** A key that applications call the gateway with; only its digest is kept. */
export interface ApiKey {
  readonly id: string;
  /** SHA-256. */
  readonly digest: Uint8Array;
}

export interface Tenant {
  readonly id: string;
  /** At most one is primary. */
  readonly kms: readonly KmsConfiguration[];
  /** Absent: each wrap and unwrap is a call to the tenant's KMS. */
  readonly leasing: Leasing | undefined;
  /** What deterministic keys are derived from; at most one is current. */
  readonly secrets: readonly TenantSecret[];
  /** Data stores of policies whose audit records the tenant's sinks get too. */
  readonly dataStores: readonly string[];
  readonly sinks: readonly Sink[];
}

export interface KmsConfiguration {
  /** Unsigned, 32 bits; stands in every EDEK, so it is never given to another key. */
  readonly id: number;
  /** ARN of an AWS KMS key, perhaps of another account; `insecure-local:…` on a laptop. */
  readonly key: string;
  /** `active`: unwraps, and wraps when primary. `disabled`: refused, for now. `archived`: refused for good; it keeps its id. */
  readonly state: 'active' | 'disabled' | 'archived';
  readonly primary: boolean;
}

export interface Leasing {
  /** How long a leased key wraps, seconds. */
  readonly maxAgeS: number;
  /** How often it wraps. */
  readonly maxUses: number;
  /** How long an opened lease is used without asking the KMS again, seconds: a revoked key stops within it. */
  readonly openS: number;
}

export interface TenantSecret {
  /** Unsigned, 32 bits. */
  readonly id: number;
  /** An EDEK of the tenant (mode direct): only the tenant's KMS opens it. */
  readonly edek: Uint8Array;
  readonly current: boolean;
}

/** One destination of a tenant's events. */
export interface Sink {
  /** Unique within the tenant: letters, digits and hyphens. */
  readonly name: string;
  readonly enabled: boolean;
  readonly format: EventFormat;
  /** Patterns of event names in which `*` stands for anything, such as `USER_*`; empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly settings: SinkSettings;
}

/** The settings of a sink as its kind describes them (`sinks/<kind>.ts`), with a `Secret`, UTF-8, for each reference. */
export type SinkSettings<Kind extends SinkKind = SinkKind> = SettingsWith<Secret, Kind>;

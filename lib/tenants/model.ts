// Tenants in memory: their keys, their secrets, and the sinks of their events.

import type { Secret } from '../base/secret.ts';
import type { EventFormat } from './event-format.ts';
import type { SecretUse } from './secret-roles.ts';
import type { SettingsWith, SinkKind } from './sinks/table.ts';

export type { SinkKind };

export interface Tenants {
  /** Grows with every sealing. */
  readonly version: number;
  readonly apiKeys: readonly ApiKey[];
  /** What happens to events of tenants without a sink, and of unknown tenants. */
  readonly unconfigured: 'stdout' | 'discard';
  readonly tenants: ReadonlyMap<string, Tenant>;
}

/** A key with which applications call the gateway; only its digest is stored. */
export interface ApiKey {
  readonly id: string;
  /** SHA-256. */
  readonly digest: Uint8Array;
}

export interface Tenant {
  readonly id: string;
  /** At most one is primary. */
  readonly kms: readonly KmsConfiguration[];
  /** If absent, each wrap and unwrap calls the tenant's KMS. */
  readonly leasing: Leasing | undefined;
  /** Deterministic keys are derived from these, oldest first; `roleOf` says which for a path. */
  readonly secrets: readonly TenantSecret[];
  /** Data stores of policies; their audit records go to the tenant's sinks too. */
  readonly dataStores: readonly string[];
  readonly sinks: readonly Sink[];
}

export interface KmsConfiguration {
  /** Unsigned, 32 bits. Every EDEK holds it, so it must never name another key. */
  readonly id: number;
  /** ARN of an AWS KMS key, possibly of another account; `insecure-local:…` on a laptop. */
  readonly key: string;
  /**
   * `active` unwraps, and wraps when primary; `disabled` is refused for now; `archived` is refused for good and keeps
   * its id.
   */
  readonly state: 'active' | 'disabled' | 'archived';
  readonly primary: boolean;
}

export interface Leasing {
  /** How long a leased key wraps, seconds. */
  readonly maxAgeS: number;
  /** How many times it wraps. */
  readonly maxUses: number;
  /**
   * How long an opened lease is used without another call to the KMS, seconds: a revoked key stops working within this
   * time.
   */
  readonly openS: number;
}

/** Ids are unsigned, 32 bits. */
export interface TenantSecret extends SecretUse {
  /** An EDEK of the tenant (mode direct): only the tenant's KMS can open it. */
  readonly edek: Uint8Array;
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

/**
 * The settings of a sink as its kind describes them (`sinks/<kind>.ts`), with a `Secret`, UTF-8, for each reference.
 */
export type SinkSettings<Kind extends SinkKind = SinkKind> = SettingsWith<Secret, Kind>;

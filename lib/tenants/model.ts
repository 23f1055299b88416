// What is known of tenants: their keys, their secrets, and where their events go.
import type { Secret } from '../base/secret.ts';

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

export const EVENT_FORMATS = ['native', 'ocsf', 'ecs', 'cef'] as const;
/** The JSON of the reference product, OCSF 1.x, Elastic Common Schema, or Common Event Format. */
export type EventFormat = (typeof EVENT_FORMATS)[number];

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

/** By kind, as spec and vendors name their settings. Secrets are UTF-8. */
export type SinkSettings =
  | {
      readonly kind: 'splunk';
      /** `https://host:8088` */
      readonly url: string;
      readonly token: Secret;
      /** Wait for the indexers' acknowledgement. */
      readonly acknowledge: boolean;
      readonly index?: string | undefined;
      readonly source?: string | undefined;
      readonly sourcetype?: string | undefined;
      readonly host?: string | undefined;
      /** PEM of the server's authority. @default the authorities that Node trusts */
      readonly ca?: string | undefined;
    }
  | {
      readonly kind: 'google-logging';
      readonly project: string;
      readonly log: string;
      /** JSON key file of a service account. */
      readonly serviceAccount: Secret;
      /** @default the public endpoints */
      readonly url?: string | undefined;
      readonly tokenUrl?: string | undefined;
    }
  | {
      readonly kind: 'cloudwatch-logs';
      readonly region: string;
      readonly logGroup: string;
      /** Role of the tenant's account to assume, with its external id. */
      readonly roleArn?: string | undefined;
      readonly externalId?: string | undefined;
    }
  | {
      readonly kind: 's3';
      readonly region: string;
      readonly bucket: string;
      /** Ends with a slash, or is empty. */
      readonly prefix: string;
      readonly kmsKey?: string | undefined;
      readonly roleArn?: string | undefined;
      readonly externalId?: string | undefined;
    }
  | {
      readonly kind: 'opensearch';
      readonly url: string;
      /** Index or data stream. */
      readonly index: string;
      /** Value of the `Authorization` header. */
      readonly authorization?: Secret | undefined;
      /** PEM of the server's authority. @default the authorities that Node trusts */
      readonly ca?: string | undefined;
    }
  | {
      readonly kind: 'otlp';
      /** `https://host:4318`, to which `/v1/logs` is added, or the whole URL. */
      readonly url: string;
      readonly headers: Readonly<Record<string, Secret>>;
      /** PEM of the server's authority. @default the authorities that Node trusts */
      readonly ca?: string | undefined;
    }
  | {
      readonly kind: 'datadog';
      /** `datadoghq.com`, `datadoghq.eu`, … */
      readonly site: string;
      readonly apiKey: Secret;
      readonly service?: string | undefined;
      readonly tags?: string | undefined;
      /** @default the intake of the site */
      readonly url?: string | undefined;
    }
  | {
      readonly kind: 'syslog';
      readonly host: string;
      /** @default 6514 */
      readonly port: number;
      /** PEM. @default the authorities that Node trusts */
      readonly ca?: string | undefined;
      readonly cert?: string | undefined;
      readonly key?: Secret | undefined;
      /** The tenant's private enterprise number (IANA): tenant, event and id as structured data under it. @default none */
      readonly enterpriseId?: number | undefined;
    }
  | {
      /** JSON lines in a file: for a laptop. */
      readonly kind: 'file';
      readonly path: string;
    }
  | { readonly kind: 'stdout' };

export type SinkKind = SinkSettings['kind'];

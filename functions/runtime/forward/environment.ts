// The AWS side of the log forwarder: its lanes, and the store of its backlogs.

import { cloudWatchLogsClient } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { cloudWatchDeliverySink } from '../../../lib/adapters/cloudwatch-logs/delivery-sink.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../../lib/adapters/s3/object-store.ts';
import { FORWARDER_ENV } from '../../../lib/contract/log-forwarder.ts';
import type { Lane } from '../../../lib/delivery/lane.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import type { OpenSink } from '../../../lib/siem/lanes.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import { auditStore } from './audit-store.ts';
import { s3Location } from '../s3-location.ts';
import { required, wrongSetting } from '../settings.ts';
import { tenantSinks } from './tenant-sinks.ts';
import { currentTenants } from '../reload/tenants.ts';

/** What the forwarder works with. Without tenants, audit records go to the audit store only. */
export interface ForwarderEnvironment {
  readonly store: ListableStore;
  /** The audit store of the reference product, or another OpenSearch. */
  readonly auditStore: Lane | undefined;
  /** Returns the current revision of the audit store's settings. @default they never change */
  readonly auditStoreRevision?: (() => Promise<number>) | undefined;
  readonly tenants: TenantRouting | undefined;
  /** Name of the stream of security events. */
  readonly eventStream: string | undefined;
}

export interface TenantRouting {
  /** Returns the tenants in force. */
  readonly current: () => Promise<Tenants>;
  readonly open: OpenSink;
  /** Lane of events of tenants without a sink. */
  readonly standardOutput: Lane;
}

/** Ids of lanes that belong to no tenant: the id of a tenant's lane has an `@`. */
const AUDIT_STORE = 'opensearch';
export const STANDARD_OUTPUT = 'stdout';

/**
 * Reads the settings. Rejects with `RefusedError` `NOT_CONFIGURED`, which names a setting that is missing or invalid.
 */
export async function forwarderEnvironment(): Promise<ForwarderEnvironment> {
  const store = s3ObjectStore({ client: s3Client(), bucket: required(FORWARDER_ENV.bucket) });
  const location = process.env[FORWARDER_ENV.tenants] ?? '';
  const tenants = location === '' ? undefined : tenantRouting(location);
  const hasAuditStore = tenants === undefined || (process.env[FORWARDER_ENV.url] ?? '') !== '';
  const opened = hasAuditStore ? await auditStore() : undefined;
  return {
    store,
    auditStore: opened && auditStoreLane(opened.sink),
    auditStoreRevision: opened?.revision,
    tenants,
    eventStream: process.env[FORWARDER_ENV.eventStream],
  };
}

/** Returns the lane of the audit store. Its id names existing backlogs and dead letters, so it must not change. */
export function auditStoreLane(sink: Lane['sink']): Lane {
  return { id: AUDIT_STORE, kind: 'esa', sink };
}

export function standardOutputLane(sink: Lane['sink']): Lane {
  return { id: STANDARD_OUTPUT, kind: 'stdout', sink };
}

function tenantRouting(location: string): TenantRouting {
  const logGroup = required(FORWARDER_ENV.unconfiguredLogGroup);
  const logStream = process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? 'log-forwarder';
  return {
    current: currentTenants(location, kmsKeyService({ client: kmsClient() })),
    open: sinksOf(),
    standardOutput: standardOutputLane(cloudWatchDeliverySink({ client: cloudWatchLogsClient(), logGroup, logStream })),
  };
}

/** Returns the buckets and log groups of this deployment that the settings name. */
function ownNames(): ReadonlySet<string> {
  const names = [
    process.env[FORWARDER_ENV.bucket],
    s3Location(process.env[FORWARDER_ENV.tenants] ?? '')?.bucket,
    process.env[FORWARDER_ENV.unconfiguredLogGroup],
    process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
  ];
  return new Set(names.flatMap((name) => name ?? []));
}

/** Opens tenants' sinks; in private networks only where the setting allows it. */
export function sinksOf(): OpenSink {
  const allowedNetworks = (process.env[FORWARDER_ENV.allowedNetworks] ?? '')
    .split(',')
    .map((network) => network.trim())
    .filter((network) => network !== '');
  try {
    return tenantSinks({ allowedNetworks, own: ownNames() });
  } catch {
    throw wrongSetting(FORWARDER_ENV.allowedNetworks, 'must be networks such as 10.0.0.0/8, separated by commas');
  }
}

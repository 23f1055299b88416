// OpenTelemetry Protocol over HTTP, logs as JSON (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"; logs data model).
import { gzipped } from '../../base/gzip.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { RELEASE } from '../../contract/release.ts';
import type { Post, PostReply } from './post.ts';
import { jsonOf, type StatusTable, verdictOfStatus, verdictsOf } from './reply.ts';

export interface OtlpSinkOptions {
  /** Posts to the logs address of a collector; see `otlpLogsUrl`. */
  readonly post: Post;
  /** @default `otlp` */
  readonly name?: string;
}

/**
 * Adds the specification's path for logs to a server such as `https://host:4318`. Returns a URL with a path unchanged.
 */
export function otlpLogsUrl(server: string): URL {
  const url = new URL(server);
  if (url.pathname === '/') url.pathname = '/v1/logs';
  return url;
}

/** Only 429, 502, 503 and 504 may be retried. A refused request may be split: the halves are new requests. */
const STATUSES: StatusTable = {
  400: 'split',
  413: 'split',
  429: 'retry',
  502: 'retry',
  503: 'retry',
  504: 'retry',
};

/**
 * A collector keeps repeats: the attribute `event.id` shows them. When it rejects some records (`partialSuccess`) it
 * does not say which, and the call may not be retried: none of them counts as delivered, and all become dead letters
 * for an operator to decide about. Sends at most 1,000 records and 4 MB a call.
 */
export function otlpLogsSink({ post, name = 'otlp' }: OtlpSinkOptions): DeliverySink {
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 4_000_000,
    async deliver(parcels) {
      const body = await gzipped(JSON.stringify(requestOf(parcels)));
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      return verdictsOf(parcels, () => post(body, headers), verdictOfReply);
    },
  };
}

function verdictOfReply(reply: PostReply): Verdict {
  const { status } = reply;
  if (status === 200) {
    const answered = jsonOf(reply);
    if (answered === undefined) return { kind: 'retry', reason: 'malformed reply' };
    const rejected = rejectedOf(answered);
    return rejected === 0 ? { kind: 'delivered' } : { kind: 'data', reason: `${rejected} records rejected` };
  }
  const verdict = verdictOfStatus(reply, STATUSES);
  const mayRetry = STATUSES[status] === 'retry' || verdict.kind !== 'retry';
  return mayRetry ? verdict : { ...verdict, kind: 'data' };
}

/** Reads a 64-bit number, which the JSON of Protocol Buffers writes as a string. */
function rejectedOf({ partialSuccess }: Readonly<Record<string, unknown>>): number {
  const { rejectedLogRecords = 0 } = Object(partialSuccess) as { rejectedLogRecords?: unknown };
  return Number(rejectedLogRecords) || 0;
}

const SEVERITIES = {
  notice: { severityNumber: 10, severityText: 'NOTICE' }, // INFO2
  warning: { severityNumber: 13, severityText: 'WARN' },
};

/** Makes one resource per tenant. */
function requestOf(parcels: readonly Parcel[]): object {
  const byTenant = Map.groupBy(parcels, ({ about }) => about?.tenantId ?? '');
  return {
    resourceLogs: [...byTenant].map(([tenantId, those]) => ({
      resource: {
        attributes: attributesOf({ 'service.name': 'serverless-protector', 'service.version': RELEASE, tenantId }),
      },
      scopeLogs: [{ scope: { name: 'serverless-protector' }, logRecords: those.map(recordOf) }],
    })),
  };
}

function recordOf({ id, timeMs, body, about }: Parcel): object {
  const nanos = `${Math.trunc(timeMs)}000000`;
  return {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos, // the same for every repeat
    ...SEVERITIES[about?.severity ?? 'notice'],
    ...(about !== undefined && { eventName: about.event.slice(0, 256) }),
    body: { stringValue: body },
    attributes: attributesOf({ 'event.id': id, ...(about !== undefined && { 'event.sequence': about.sequence }) }),
  };
}

function attributesOf(attributes: Readonly<Record<string, string | number>>): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}

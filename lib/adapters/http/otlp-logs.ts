// OpenTelemetry Protocol over HTTP, logs as JSON or Protocol Buffers (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"; logs
// data model).
import { gzipped } from '../../base/gzip.ts';
import { membersOf } from '../../base/json.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { RELEASE } from '../../contract/release.ts';
import type { Post, PostReply } from './post.ts';
import { isSuccess, jsonOf, type StatusTable, verdictOfStatus, verdictsOf } from './reply.ts';

export type OtlpEncoding = 'json' | 'protobuf';

export interface OtlpSinkOptions {
  /** Posts to the logs address of a collector; see `otlpLogsUrl`. */
  readonly post: Post;
  /** @default `json` */
  readonly encoding?: OtlpEncoding | undefined;
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

/** How long records travel alone after a call that was rejected in part. */
const SINGLE_FOR_MS = 600_000;

/**
 * A collector keeps repeats: the attribute `event.id` shows them. When it rejects some records (`partialSuccess`) it
 * does not say which. The records of that call are sent once more, each alone, so that the rejected ones are known and
 * the others delivered; for ten minutes all records then travel alone, so that no accepted one is sent twice again.
 * Sends at most 1,000 records and 4 MB a call.
 */
export function otlpLogsSink({ post, encoding = 'json', name = 'otlp' }: OtlpSinkOptions): DeliverySink {
  let singleUntilMs = 0;
  return {
    name,
    get maxParcels() {
      return Date.now() < singleUntilMs ? 1 : 1_000;
    },
    maxBytes: 4_000_000,
    async deliver(parcels) {
      const { type, bytes } = await encoded(requestOf(parcels), encoding);
      const body = await gzipped(bytes);
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      let rejected = 0;
      const verdicts = await verdictsOf(
        parcels,
        async () => {
          const reply = await post(body, headers);
          rejected = isSuccess(reply) ? await rejectedIn(reply) : 0;
          return reply;
        },
        (reply) => verdictOfReply(reply, rejected, parcels.length),
      );
      if (verdicts[0]?.kind === 'split' && rejected > 0) singleUntilMs = Date.now() + SINGLE_FOR_MS;
      return verdicts;
    },
  };
}

const TYPES: Readonly<Record<OtlpEncoding, string>> = { json: 'application/json', protobuf: 'application/x-protobuf' };

async function encoded(request: object, encoding: OtlpEncoding) {
  const type = TYPES[encoding];
  if (encoding === 'json') return { type, bytes: JSON.stringify(request) };
  const { encodeExportLogs } = await import('./otlp-protobuf.ts'); // loaded on demand, as its library is
  return { type, bytes: encodeExportLogs(request) };
}

const REJECTED = 'record rejected';

function verdictOfReply(reply: PostReply, rejected: number, sent: number): Verdict {
  if (rejected > 0 && rejected >= sent) return { kind: 'data', reason: REJECTED };
  if (rejected > 0) return { kind: 'split', reason: REJECTED, isSingle: true };
  const { status } = reply;
  const verdict = verdictOfStatus(reply, STATUSES);
  const mayRetry = STATUSES[status] === 'retry' || verdict.kind !== 'retry' || isSuccess(reply);
  return mayRetry ? verdict : { ...verdict, kind: 'data' };
}

/** Reads how many records a reply rejects, in the encoding that it says: some collectors know only one. */
async function rejectedIn(reply: PostReply): Promise<number> {
  const type = reply.headers['content-type'];
  if (typeof type === 'string' && /^\s*application\/x-protobuf\b/i.test(type)) {
    const { decodeRejected } = await import('./otlp-protobuf.ts');
    return decodeRejected(reply.bytes);
  }
  // The mapping lets a writer use either form of a name, and writes a number of 64 bits as a string.
  const { partialSuccess, partial_success = partialSuccess } = jsonOf(reply) ?? {};
  const { rejectedLogRecords, rejected_log_records = rejectedLogRecords } = membersOf(partial_success);
  return Number(rejected_log_records) || 0;
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

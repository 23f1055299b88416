// Datadog logs intake, POST /api/v2/logs (docs.datadoghq.com/api/latest/logs, "Send logs").
import { gzipped } from '../../base/gzip.ts';
import type { DeliverySink, Parcel } from '../../delivery/ports.ts';
import type { Post } from './post.ts';
import { type StatusTable, verdictOfStatus, verdictsOf } from './reply.ts';

export interface DatadogSinkOptions {
  /** Posts to `https://http-intake.logs.<site>/api/v2/logs` with the header DD-API-KEY. */
  readonly post: Post;
  /** @default `serverless-protector` */
  readonly service?: string | undefined;
  /** `env:prod,team:security` */
  readonly tags?: string | undefined;
  /** @default `datadog` */
  readonly name?: string;
}

const STATUSES: StatusTable = { 400: 'split', 408: 'retry', 413: 'split', 429: 'retry' };

const HOUR_MS = 3_600_000;
/** Datadog keeps logs up to 18 hours old and 2 hours ahead ("Log date remapper"), here less the time of travel. */
const PAST_MS = 17 * HOUR_MS;
const FUTURE_MS = HOUR_MS;

/**
 * Datadog keeps repeats: `eventId` shows them. It silently cuts logs over 1 MB, which parcels never reach, and drops
 * those too old or too far ahead: such a log goes under the time of sending, and keeps its own time in the message.
 * Sends at most 1,000 logs a call; the limit is 5 MB uncompressed, framing included.
 */
export function datadogSink(options: DatadogSinkOptions): DeliverySink {
  const { post, name = 'datadog' } = options;
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 2_000_000, // escaping a body in the call's JSON may double it
    async deliver(parcels) {
      const body = await gzipped(JSON.stringify(parcels.map((parcel) => entryOf(parcel, options, Date.now()))));
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      return verdictsOf(
        parcels,
        () => post(body, headers),
        (reply) => (reply.status === 202 ? { kind: 'delivered' } : verdictOfStatus(reply, STATUSES)),
      );
    },
  };
}

function entryOf({ id, timeMs, body, about }: Parcel, options: DatadogSinkOptions, nowMs: number): object {
  const { service = 'serverless-protector', tags } = options;
  const isInTime = timeMs > nowMs - PAST_MS && timeMs < nowMs + FUTURE_MS;
  return {
    ddsource: 'serverless-protector',
    ...(tags !== undefined && { ddtags: tags }),
    service,
    message: body,
    timestamp: isInTime ? timeMs : nowMs,
    eventId: id,
    ...(about !== undefined && {
      status: about.severity === 'warning' ? 'warn' : 'notice',
      tenantId: about.tenantId,
      eventName: about.event,
    }),
  };
}

// Datadog logs intake, POST /api/v2/logs (docs.datadoghq.com/api/latest/logs, "Send logs").
import { gzipped } from '../../base/gzip.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { apiUrl, type Post, type PostReply } from './post.ts';
import { isSuccess, jsonOf, type StatusTable, verdictOfStatus, verdictsOf } from './reply.ts';

export interface DatadogSinkOptions {
  /** Posts to the logs address of an intake with the header DD-API-KEY; see `datadogLogsUrl`. */
  readonly post: Post;
  /** @default `serverless-protector` */
  readonly service?: string | undefined;
  /** `env:prod,team:security` */
  readonly tags?: string | undefined;
  /** @default `datadog` */
  readonly name?: string;
}

/** Returns the logs address of an intake such as `https://http-intake.logs.datadoghq.eu`. */
export function datadogLogsUrl(intake: string): URL {
  return apiUrl(intake, 'api/v2/logs');
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
      return verdictsOf(parcels, () => post(body, headers), verdictOfReply);
    },
  };
}

/** Reads the reply: 202 with `{}`, and any 2xx of those that imitate Datadog. */
function verdictOfReply(reply: PostReply): Verdict {
  const errors = jsonOf(reply)?.['errors'];
  const rejects = isSuccess(reply) && Array.isArray(errors) && errors.length > 0;
  return rejects ? { kind: 'split', reason: 'errors in the reply' } : verdictOfStatus(reply, STATUSES);
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

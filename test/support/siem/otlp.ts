// An OpenTelemetry collector: OTLP/HTTP logs in JSON, strictly by the mapping of Protocol Buffers.
import { Secret } from '../../../lib/base/secret.ts';
import { type Call, Inbox, type Reply, startHttpReceiver } from './http-receiver.ts';
import { HTTP_FAULTS, type Receiver, type ReceiverOptions } from './receiver.ts';

interface LogRecord {
  readonly timeUnixNano?: unknown;
  readonly severityNumber?: unknown;
  readonly eventName?: unknown;
  readonly body?: { readonly stringValue?: unknown };
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface Request {
  readonly resourceLogs: readonly { readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[] }[];
}

const KEY = 'Bearer collector';

export async function startOtlp(options: ReceiverOptions = {}): Promise<Receiver> {
  const inbox = new Inbox(false);

  function answer({ method, url, headers, body, fault, isBad }: Call): Reply {
    if (method !== 'POST' || url.pathname !== '/v1/logs') return { status: 404 };
    if (headers.authorization !== KEY) return { status: 401 };
    if (headers['content-type'] !== 'application/json') return { status: 415 };
    if (Buffer.byteLength(body) > 20_971_520) return { status: 413 };
    const records = (JSON.parse(body) as Request).resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) => logRecords),
    );
    if (!records.every(isWellFormed)) return { status: 400, body: { code: 3, message: 'malformed' } };
    const mayTake = (record: LogRecord): boolean => !isBad(textOf(record));
    if (options.rejectsInPart !== true && !records.every(mayTake))
      return { status: 400, body: { code: 3, message: 'refused' } };
    const taken = records.filter((record, i) => (fault !== 'partial' || i % 2 === 1) && mayTake(record));
    for (const record of taken) {
      const id = record.attributes?.find(({ key }) => key === 'event.id')?.value['stringValue'];
      inbox.take({ id: String(id), body: textOf(record), timeMs: Number(String(record.timeUnixNano).slice(0, -6)) });
    }
    const rejected = records.length - taken.length;
    if (rejected === 0) return { status: 200, body: {} };
    return { status: 200, body: { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage: 'refused' } } };
  }

  const receiver = await startHttpReceiver(
    {
      refusals: {
        throttle: { status: 429 },
        status500: { status: 500 },
        status503: { status: 503 },
        deny: { status: 403 },
      },
      answer,
    },
    options,
  );
  return Object.assign(receiver, {
    settings: {
      kind: 'otlp' as const,
      url: receiver.endpoint,
      headers: { authorization: new Secret(Buffer.from(KEY)) },
      ca: options.ca,
    },
    accepted: () => inbox.events,
    deduplicates: false,
    faults: [...HTTP_FAULTS, 'partial' as const],
  });
}

function textOf({ body }: LogRecord): string {
  return String(body?.stringValue);
}

/** Checks a record: 64-bit numbers are strings, enumerations are numbers. */
function isWellFormed({ timeUnixNano, severityNumber, eventName, body, attributes }: LogRecord): boolean {
  const isNamed = eventName === undefined || (typeof eventName === 'string' && eventName.length <= 256);
  const hasTime = typeof timeUnixNano === 'string' && /^\d+$/.test(timeUnixNano);
  return (
    isNamed && hasTime && Number.isInteger(severityNumber) && typeof body?.stringValue === 'string' && !!attributes
  );
}

// The Bulk API of OpenSearch: newline-delimited JSON in, one status per item out; data streams too.
import { Secret } from '../../../lib/base/secret.ts';
import { type Call, Inbox, type Reply, startHttpReceiver } from './http-receiver.ts';
import { HTTP_FAULTS, type Receiver, type ReceiverOptions } from './receiver.ts';

const DATA_STREAM = 'logs-events-default';
const KEY = 'Basic dGVuYW50OnBhc3M=';

export interface OpenSearchReceiver extends Receiver {
  readonly endpoint: string;
  /** The source of each document by id. */
  readonly documents: ReadonlyMap<string, string>;
  /** Sets whether a bad document makes the service refuse the item or the whole call. */
  refuseBy(how: 'item' | 'call'): void;
}

/** `authorization`: the header that callers must send. @default the one in the settings */
export async function startOpenSearch(options: ReceiverOptions = {}, authorization = KEY): Promise<OpenSearchReceiver> {
  const inbox = new Inbox(true);
  const documents = new Map<string, string>();
  let how: 'item' | 'call' = 'item';

  function create(id: string, source: string, isBad: boolean, isStream: boolean): Item {
    const document = JSON.parse(source) as Readonly<Record<string, unknown>>;
    const timeMs = Date.parse(String(document['@timestamp']));
    const isNameless = Buffer.byteLength(id) > 512 || id === '';
    if (isBad || isNameless || (isStream && Number.isNaN(timeMs))) {
      return itemError(id, 400, 'mapper_parsing_exception');
    }
    if (!inbox.take({ id, body: bodyOf(source, document), timeMs })) {
      return itemError(id, 409, 'version_conflict_engine_exception');
    }
    documents.set(id, source);
    return { create: { _index: 'audits', _id: id, _version: 1, result: 'created', status: 201 } };
  }

  function answer({ method, url, headers, body, fault, isBad }: Call): Reply {
    const [, index] = /^\/([^/]+)\/_bulk$/.exec(url.pathname) ?? [];
    if (method !== 'POST' || index === undefined) return { status: 404 };
    if (authorization !== '' && headers.authorization !== authorization) return { status: 401, body: 'Unauthorized' };
    if (headers['content-type'] !== 'application/x-ndjson' || headers['transfer-encoding'] !== undefined) {
      return { status: 406 };
    }
    if (!body.endsWith('\n')) {
      return { status: 400, body: { error: { reason: 'must be terminated by a newline' }, status: 400 } };
    }
    const lines = body.split('\n').slice(0, -1);
    if (how === 'call' && lines.some(isBad)) {
      return { status: 400, body: { error: { type: 'illegal_argument_exception' }, status: 400 } };
    }
    const items = Array.from({ length: lines.length / 2 }, (_, i): Item => {
      const { create: action } = JSON.parse(lines[2 * i]!) as { create: Record<'_id', string> };
      const id = action['_id'];
      if (fault === 'partial' && i % 2 === 0) return itemError(id, 429, 'rejected_execution');
      return create(id, lines[2 * i + 1]!, isBad(lines[2 * i + 1]!), index.startsWith('logs-'));
    });
    return { status: 200, body: { took: 1, errors: items.some(({ create: made }) => 'error' in made), items } };
  }

  const receiver = await startHttpReceiver(
    {
      refusals: {
        throttle: { status: 429, body: { error: { type: 'circuit_breaking_exception' }, status: 429 } },
        status500: { status: 500, body: { error: 'unavailable' } },
        status503: { status: 503, body: { error: 'unavailable' } },
        deny: { status: 401, body: 'Unauthorized' },
      },
      answer,
    },
    options,
  );
  return Object.assign(receiver, {
    settings: {
      kind: 'opensearch' as const,
      url: receiver.endpoint,
      index: DATA_STREAM,
      authorization: new Secret(Buffer.from(authorization)),
      ca: options.ca,
    },
    documents,
    accepted: () => inbox.events,
    deduplicates: true,
    faults: [...HTTP_FAULTS, 'partial' as const],
    refuseBy: (unit: 'item' | 'call') => {
      how = unit;
    },
  });
}

type Item = { readonly create: Readonly<Record<string, unknown>> };

function itemError(id: string, status: number, type: string): Item {
  return { create: { _index: 'audits', _id: id, status, error: { type, reason: 'refused' } } };
}

/** Returns the parcel's body, without what the sink put around a text or in front of an object. */
function bodyOf(
  source: string,
  { '@timestamp': _time, message, ...others }: Readonly<Record<string, unknown>>,
): string {
  if (typeof message === 'string' && Object.keys(others).length === 0) return message;
  return 'ecs' in others ? source : source.replace(/^\{"@timestamp":"[^"]*",/, '{');
}

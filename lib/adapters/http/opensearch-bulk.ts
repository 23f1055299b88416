// OpenSearch and Elasticsearch, Bulk API: POST /_bulk, newline-delimited JSON, one verdict per item. The reference
// product's audit store is an OpenSearch too.
import { membersOf } from '../../base/json.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { apiUrl, type Post, type PostReply } from './post.ts';
import { isSuccess, jsonOf, type StatusTable, verdictOfStatus, verdictsOf } from './reply.ts';

export interface OpenSearchSinkOptions {
  /** Posts to the `_bulk` address of an index or data stream; see `bulkUrl`. */
  readonly post: Post;
  /** @default `opensearch` */
  readonly name?: string;
}

/** Returns the bulk API address of an index at a server such as `https://host:9200`. */
export function bulkUrl(server: string, index: string): URL {
  return apiUrl(server, `${encodeURIComponent(index)}/_bulk`);
}

const CREATE_CONFLICT = 409;

/** 401, 403, 404 and redirects are `config`. */
const STATUSES: StatusTable = { 400: 'split', 408: 'retry', 413: 'split', 429: 'retry' };

/**
 * Creates one document per parcel under the parcel's id. An existing document (409) was sent before, so a repeat
 * changes nothing. Data streams also take `create` only, and need `@timestamp`, which a tenant's event gets where its
 * format has none. A text becomes the document's `message`. Sends at most 1,000 documents and 5 MB a call.
 */
export function openSearchBulkSink({ post, name = 'opensearch' }: OpenSearchSinkOptions): DeliverySink {
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 5_000_000,
    async deliver(parcels: readonly Parcel[]): Promise<readonly Verdict[]> {
      const lines = parcels.map((parcel) => `{"create":{"_id":${JSON.stringify(parcel.id)}}}\n${documentOf(parcel)}\n`);
      return verdictsOf(
        parcels,
        () => post(lines.join(''), { 'content-type': 'application/x-ndjson' }),
        (reply) => verdictsOfReply(parcels, reply),
      );
    },
  };
}

/**
 * Reads the reply. Each item has a status of its own, and an id that shows which document it is about. A reply without
 * items, as some imitations of the API give, rejects nothing unless it says `errors`.
 */
function verdictsOfReply(parcels: readonly Parcel[], reply: PostReply): Verdict | readonly Verdict[] {
  const { errors, items } = (isSuccess(reply) && jsonOf(reply)) || {};
  const list: readonly unknown[] = Array.isArray(items) ? items : [];
  if (errors !== true && list.length === 0) return verdictOfStatus(reply, STATUSES);
  return parcels.map(({ id }, i): Verdict => {
    const item = membersOf(membersOf(list[i])['create']);
    const { status } = item;
    if (item['_id'] !== id || typeof status !== 'number') return { kind: 'retry', reason: 'malformed reply' };
    if ((status >= 200 && status < 300) || status === CREATE_CONFLICT) return { kind: 'delivered' };
    const type = membersOf(item['error'])['type'];
    const reason = `item status ${status}${typeof type === 'string' && ERROR_TYPE.test(type) ? ` ${type}` : ''}`;
    if (status === 429 || status >= 500) return { kind: 'retry', reason };
    const isSetting = status === 403 || status === 404 || SETTING_ERRORS.has(type);
    return { kind: isSetting ? 'config' : 'data', reason };
  });
}

/** The form of an error's type: a word of the service, never a text of the document. */
const ERROR_TYPE = /^[a-z]{1,24}(?:_[a-z]{1,24}){1,6}$/;
/** Errors of single items that are about the index, whatever the document. */
const SETTING_ERRORS: ReadonlySet<unknown> = new Set([
  'cluster_block_exception',
  'index_closed_exception',
  'index_not_found_exception',
  'invalid_index_name_exception',
  'security_exception',
]);

function documentOf({ timeMs, body, about }: Parcel): string {
  if (about === undefined) return body; // a record for ESA, unchanged
  if (about.content === 'text') return JSON.stringify({ '@timestamp': new Date(timeMs).toISOString(), message: body });
  if (body.startsWith('{"@timestamp":')) return body;
  return `{"@timestamp":"${new Date(timeMs).toISOString()}",${body.slice(1)}`;
}

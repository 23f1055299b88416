// OpenSearch and Elasticsearch, Bulk API: POST /_bulk, newline-delimited JSON, one verdict per item. The reference
// product's audit store is an OpenSearch too.
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import type { Post } from './post.ts';
import { type StatusTable, verdictOfStatus, verdictsOf } from './reply.ts';

export interface OpenSearchSinkOptions {
  /** Posts to the `_bulk` address of an index or data stream; see `bulkUrl`. */
  readonly post: Post;
  /** @default `opensearch` */
  readonly name?: string;
}

/** Returns the bulk API address of an index at a server such as `https://host:9200`. */
export function bulkUrl(server: string, index: string): URL {
  return new URL(`${encodeURIComponent(index)}/_bulk`, server.endsWith('/') ? server : `${server}/`);
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
        (reply) => (reply.status === 200 ? itemVerdicts(parcels, reply.text) : verdictOfStatus(reply, STATUSES)),
      );
    },
  };
}

/** Reads the items of a reply of 200. Each has a status of its own, and an id that shows which document it is about. */
function itemVerdicts(parcels: readonly Parcel[], text: string): readonly Verdict[] {
  const items = parseItems(text);
  return parcels.map(({ id }, i): Verdict => {
    const item = items?.[i]?.create;
    if (item?.['_id'] !== id || typeof item.status !== 'number') return { kind: 'retry', reason: 'malformed reply' };
    if ((item.status >= 200 && item.status < 300) || item.status === CREATE_CONFLICT) return { kind: 'delivered' };
    const reason = `item status ${item.status}`;
    if (item.status === 429 || item.status >= 500) return { kind: 'retry', reason };
    return { kind: item.status === 404 || item.status === 403 ? 'config' : 'data', reason };
  });
}

interface BulkItem {
  readonly create?: { readonly [member: string]: unknown; readonly status?: unknown };
}

function parseItems(text: string): readonly BulkItem[] | undefined {
  try {
    const { items } = JSON.parse(text) as { items?: unknown };
    return Array.isArray(items) ? (items as readonly BulkItem[]) : undefined;
  } catch {
    return undefined;
  }
}

function documentOf({ timeMs, body, about }: Parcel): string {
  if (about === undefined) return body; // a record for ESA, unchanged
  if (about.content === 'text') return JSON.stringify({ '@timestamp': new Date(timeMs).toISOString(), message: body });
  if (body.startsWith('{"@timestamp":')) return body;
  return `{"@timestamp":"${new Date(timeMs).toISOString()}",${body.slice(1)}`;
}

// OpenSearch and Elasticsearch, Bulk API: POST /_bulk, newline-delimited JSON, one verdict per item. Also how records get
// into the reference product's audit store, which is an OpenSearch.
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { verdictOfFailure } from '../outbound/failure.ts';
import type { Post } from './post.ts';

export interface OpenSearchSinkOptions {
  /** Posts to the `_bulk` address of an index or data stream; see `bulkUrl`. */
  readonly post: Post;
  /** @default `opensearch` */
  readonly name?: string;
}

/** `https://host:9200` and an index, as the address of its bulk API. */
export function bulkUrl(server: string, index: string): URL {
  return new URL(`${encodeURIComponent(index)}/_bulk`, server.endsWith('/') ? server : `${server}/`);
}

const CREATE_CONFLICT = 409;

/**
 * Creates one document per parcel under the parcel's id: a document that is there already (409) is one that was sent before,
 * so a repeat changes nothing. Data streams take only `create` too. At most 1,000 documents and 5 MB a call.
 */
export function openSearchBulkSink({ post, name = 'opensearch' }: OpenSearchSinkOptions): DeliverySink {
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 5_000_000,
    async deliver(parcels: readonly Parcel[]): Promise<readonly Verdict[]> {
      const lines = parcels.map(({ id, body }) => `{"create":{"_id":${JSON.stringify(id)}}}\n${body}\n`);
      try {
        const { status, text } = await post(lines.join(''), { 'content-type': 'application/x-ndjson' });
        return status === 200 ? itemVerdicts(parcels, text) : parcels.map(() => verdictOfStatus(status));
      } catch (error) {
        return parcels.map(() => verdictOfFailure(error));
      }
    },
  };
}

/** 200 says only that the request was read: each item has its own status, and an id by which to tell that it is its reply. */
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

function verdictOfStatus(status: number): Verdict {
  const reason = `status ${status}`;
  if (status === 400 || status === 413) return { kind: 'split', reason };
  if (status === 408 || status === 429 || status >= 500) return { kind: 'retry', reason };
  return { kind: 'config', reason }; // 401, 403, 404, and redirects, which are not followed
}

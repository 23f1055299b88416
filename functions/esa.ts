// The OpenSearch that takes merged audit records, as the settings describe it.
import { readFile } from 'node:fs/promises';
import { bulkUrl, openSearchBulkSink } from '../lib/adapters/http/opensearch-bulk.ts';
import { postTo } from '../lib/adapters/http/post.ts';
import { DEFAULT_ESA_INDEX, FORWARDER_ENV } from '../lib/contract.ts';
import type { DeliverySink } from '../lib/delivery/ports.ts';
import { required } from './settings.ts';

/** Rejects with `RefusedError` `NOT_CONFIGURED` without an address, and with the system's error for a file that is not there. */
export async function openSearchOf(settings: NodeJS.ProcessEnv): Promise<DeliverySink> {
  const file = async (name: string): Promise<string | undefined> => {
    const path = settings[name];
    return path === undefined || path === '' ? undefined : readFile(path, 'utf8');
  };
  const authorization = settings[FORWARDER_ENV.authorization];
  const post = postTo({
    url: bulkUrl(required(FORWARDER_ENV.url), settings[FORWARDER_ENV.index] ?? DEFAULT_ESA_INDEX),
    headers: authorization === undefined ? {} : { authorization },
    ca: await file(FORWARDER_ENV.caPath),
    cert: await file(FORWARDER_ENV.certificatePath),
    key: await file(FORWARDER_ENV.keyPath),
  });
  return openSearchBulkSink({ post });
}

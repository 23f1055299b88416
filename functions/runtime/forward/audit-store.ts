// The OpenSearch of merged audit records, as the settings describe it.

import { readFile } from 'node:fs/promises';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { postTo } from '../../../lib/adapters/http/post.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { DEFAULT_ESA_INDEX, FORWARDER_ENV } from '../../../lib/contract/log-forwarder.ts';
import type { DeliverySink } from '../../../lib/delivery/ports.ts';
import { required, wrongSetting } from '../settings.ts';

/** Opens the sink. Rejects with `RefusedError` `NOT_CONFIGURED`, which names a setting that is missing or invalid. */
export async function openSearchOf(): Promise<DeliverySink> {
  const server = required(FORWARDER_ENV.url);
  const index = process.env[FORWARDER_ENV.index] ?? DEFAULT_ESA_INDEX;
  const authorization = process.env[FORWARDER_ENV.authorization];
  const headers = authorization === undefined ? {} : { authorization };
  const ca = await fileOf(FORWARDER_ENV.caPath);
  const cert = await fileOf(FORWARDER_ENV.certificatePath);
  const key = await fileOf(FORWARDER_ENV.keyPath);
  try {
    return openSearchBulkSink({ post: postTo({ url: bulkUrl(server, index), headers, ca, cert, key }) });
  } catch {
    throw wrongSetting(FORWARDER_ENV.url, 'must be like https://esa.example.com:9200 (http:// only to this machine)');
  }
}

async function fileOf(name: string): Promise<string | undefined> {
  const path = process.env[name];
  if (path === undefined || path === '') return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw wrongSetting(name, `names a file that cannot be read (${errorCode(error)})`);
  }
}

// The OpenSearch of merged audit records, as the settings describe it.

import { readFile } from 'node:fs/promises';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { type Post, postTo } from '../../../lib/adapters/http/post.ts';
import { secretText } from '../../../lib/adapters/secrets-manager/secret-text.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { Refreshed } from '../../../lib/base/refreshed.ts';
import { DEFAULT_ESA_INDEX, FORWARDER_ENV } from '../../../lib/contract/log-forwarder.ts';
import type { DeliverySink } from '../../../lib/delivery/ports.ts';
import { SECRET_FRESHNESS } from '../secret-freshness.ts';
import { optional, required, wrongSetting } from '../settings.ts';

/** Statuses of a server that does not take the credentials. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/**
 * Returns a function that posts with the secret as the `Authorization` header. A refused call is repeated once with a
 * newer secret, if there is one.
 */
export function authorized(post: Post, read: () => Promise<string>, nowMs: () => number = Date.now): Post {
  const secret = new Refreshed(read, SECRET_FRESHNESS, nowMs);
  return async (body, headers) => {
    const authorization = await secret.current();
    const reply = await post(body, { ...headers, authorization });
    if (!REFUSED.has(reply.status)) return reply;
    const newer = await secret.newerThan(authorization);
    return newer === undefined ? reply : post(body, { ...headers, authorization: newer });
  };
}

/** Opens the sink. Rejects with `RefusedError` `NOT_CONFIGURED`, which names a setting that is missing or invalid. */
export async function openSearchOf(): Promise<DeliverySink> {
  const server = required(FORWARDER_ENV.url);
  const index = process.env[FORWARDER_ENV.index] ?? DEFAULT_ESA_INDEX;
  const authorization = optional(FORWARDER_ENV.authorization);
  const secret = optional(FORWARDER_ENV.authorizationSecretArn);
  if (authorization !== undefined && secret !== undefined) {
    throw wrongSetting(FORWARDER_ENV.authorization, `excludes ${FORWARDER_ENV.authorizationSecretArn}`);
  }
  const headers = authorization === undefined ? {} : { authorization };
  const ca = await fileOf(FORWARDER_ENV.caPath);
  const cert = await fileOf(FORWARDER_ENV.certificatePath);
  const key = await fileOf(FORWARDER_ENV.keyPath);
  try {
    const post = postTo({ url: bulkUrl(server, index), headers, ca, cert, key });
    return openSearchBulkSink({ post: secret === undefined ? post : authorized(post, secretText({ id: secret })) });
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

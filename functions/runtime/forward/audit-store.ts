// The OpenSearch of merged audit records, as the settings describe it.

import { createHash, createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { type Post, postTo } from '../../../lib/adapters/http/post.ts';
import {
  type SecretTextOptions,
  type SecretVersion,
  secretVersion,
} from '../../../lib/adapters/secrets-manager/secret-text.ts';
import { attempt } from '../../../lib/base/attempt.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { Refreshed } from '../../../lib/base/refreshed.ts';
import { DEFAULT_ESA_INDEX, FORWARDER_ENV } from '../../../lib/contract/log-forwarder.ts';
import type { DeliverySink } from '../../../lib/delivery/ports.ts';
import { SECRET_FRESHNESS } from '../secret-freshness.ts';
import { optional, required, wrongSetting } from '../settings.ts';

/** Statuses of a server that does not take the credentials. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** An `Authorization` header that stands in Secrets Manager. */
export class Credentials {
  readonly #secret: Refreshed<string>;
  #version: string | undefined;

  constructor(read: () => Promise<SecretVersion>, nowMs: () => number = Date.now) {
    const load = async (): Promise<string> => {
      const { id, text } = await read();
      this.#version = id;
      return text;
    };
    this.#secret = new Refreshed(load, SECRET_FRESHNESS, nowMs);
  }

  /** Adds the header to what `post` sends. A refused call is repeated once with a newer secret, if there is one. */
  authorize(post: Post): Post {
    return async (body, headers) => {
      const authorization = await this.#secret.current();
      const reply = await post(body, { ...headers, authorization });
      if (!REFUSED.has(reply.status)) return reply;
      const newer = await this.#secret.newerThan(authorization);
      return newer === undefined ? reply : post(body, { ...headers, authorization: newer });
    };
  }

  /** Returns the id of the newest version that could be read, which a call may find out; undefined before the first. */
  async version(): Promise<string | undefined> {
    await this.#secret.current().catch(() => undefined);
    return this.#version;
  }
}

export interface AuditStore {
  readonly sink: DeliverySink;
  /**
   * Returns a number that changes with the settings. It comes from no secret: the version of the credentials stands for
   * them, and the public key for the private one.
   */
  readonly revision: () => Promise<number>;
}

/** Opens the sink. Rejects with `RefusedError` `NOT_CONFIGURED`, which names a setting that is missing or invalid. */
export async function auditStore(secrets?: SecretTextOptions['client'], nowMs?: () => number): Promise<AuditStore> {
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
  const credentials =
    secret === undefined ? undefined : new Credentials(secretVersion({ id: secret, client: secrets }), nowMs);
  const revision = async (): Promise<number> =>
    numberOf([server, index, ca, cert, key && publicKeyOf(key), secret, await credentials?.version()]);
  try {
    const post = postTo({ url: bulkUrl(server, index), headers, ca, cert, key });
    return { sink: openSearchBulkSink({ post: credentials?.authorize(post) ?? post }), revision };
  } catch {
    throw wrongSetting(FORWARDER_ENV.url, 'must be like https://esa.example.com:9200 (http:// only to this machine)');
  }
}

function numberOf(settings: readonly (string | undefined)[]): number {
  const digest = createHash('sha256')
    .update(JSON.stringify(settings.map((one) => one ?? null)))
    .digest();
  return digest.readUIntBE(0, 6);
}

/** Returns the public key of a private one, in PEM; undefined for one that cannot be read, such as with a passphrase. */
function publicKeyOf(key: string): string | undefined {
  const read = attempt(() => String(createPublicKey(key).export({ type: 'spki', format: 'pem' })));
  return read.ok ? read.value : undefined;
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

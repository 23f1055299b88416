// node functions/runtime/bundle/take-code-cache.ts FOLDER…: runs the bundle in each folder over a few batches and writes `index.cache` beside it,
// V8's compiled form of the functions that ran (`lambda-entry.mjs`). V8 takes a cache only from its own build and flags, so this runs in the
// Node of Lambda's runtime: `npm run build -- --code-cache COMMAND`. The services that the function calls are stood in for on 127.0.0.1.
import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Script } from 'node:vm';
import { sealSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { FrontEnd } from '../../../lib/contract/front-ends.ts';
import { ENV } from '../../../lib/contract/protect-function.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { sealPolicy } from '../../../lib/policy/bundle.ts';
import type { LambdaHandler } from '../invocation.ts';
import { rehearsedRedshiftEvent } from '../protect/redshift.ts';
import { type RehearsedBatch, rehearsedBatches, rehearsalContent } from '../protect/rehearsal.ts';
import { rehearsedRestEvent } from '../protect/rest.ts';
import { rehearsedSnowflakeEvent } from '../protect/snowflake.ts';

/** What `lambda-entry.mjs` exports. */
interface Started {
  readonly handler: LambdaHandler<unknown, unknown>;
  readonly script: Script;
}

const ASK = {
  redshift: rehearsedRedshiftEvent,
  snowflake: rehearsedSnowflakeEvent,
  rest: rehearsedRestEvent,
} satisfies Record<FrontEnd, (batch: RehearsedBatch) => unknown>;

/** Writes the cache of the function in `folder`, which is named as the function is. */
async function takeCodeCache(folder: string): Promise<void> {
  const ask: ((batch: RehearsedBatch) => unknown) | undefined = ASK[basename(folder) as FrontEnd];
  if (ask === undefined) throw new Error(`${basename(folder)} is none of ${Object.keys(ASK).join(', ')}`);
  const server = await serveAws();
  const layer = mkdtempSync(join(tmpdir(), 'code-cache-'));
  try {
    Object.assign(process.env, await deploy(layer, (server.address() as AddressInfo).port));
    const { handler, script } = (await import(pathToFileURL(join(folder, 'index.mjs')).href)) as Started;
    for (const batch of rehearsedBatches()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as Lambda sends them
      const reply = JSON.stringify(await handler(ask(batch), { awsRequestId: 'code-cache' } as never));
      if (!/"success":true|"statusCode":200/.test(reply)) throw new Error(`The function refused: ${reply}`);
    }
    const compiled = script.createCachedData();
    const source = readFileSync(join(folder, 'index.cjs'));
    writeFileSync(
      join(folder, 'index.cache'),
      Buffer.concat([hash('sha256', Buffer.concat([source, compiled]), 'buffer'), compiled]),
    );
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(layer, { recursive: true });
  }
}

/** Seals the policy of the rehearsal and a signing key into `layer`, and returns the variables of the function. */
async function deploy(layer: string, port: number): Promise<Readonly<Record<string, string>>> {
  const [policyPath, signingKeyPath] = [join(layer, 'policy.json'), join(layer, 'signing-key.json')];
  const made = new Date(0);
  const policy = await sealPolicy(openKeys, rehearsalContent(), { version: 1, createdAt: made }, randomBytes(12));
  using key = new Secret(randomBytes(32));
  const header = { signingKeyId: 'code-cache', createdAt: made.toISOString() };
  writeFileSync(policyPath, JSON.stringify(policy));
  writeFileSync(signingKeyPath, JSON.stringify(await sealSigningKey(openKeys, header, key, randomBytes(12))));
  return {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'code-cache',
    AWS_SECRET_ACCESS_KEY: 'code-cache',
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    AWS_LAMBDA_FUNCTION_NAME: 'code-cache',
    AWS_LAMBDA_LOG_STREAM_NAME: 'code-cache',
    [ENV.auditLogGroup]: 'code-cache',
    [ENV.policyPath]: policyPath,
    [ENV.signingKeyPath]: signingKeyPath,
  };
}

/** Wraps a data key as itself: the keys are random and open nothing but the files of this run. */
const openKeys: KeyService = {
  generateDataKey: () => {
    const bytes = randomBytes(32);
    return Promise.resolve({ keyId: 'code-cache', plaintext: new Secret(Buffer.from(bytes)), wrapped: bytes });
  },
  unwrapDataKey: (_keyId, wrapped) => Promise.resolve(new Secret(Buffer.from(wrapped))),
};

/** Serves AWS KMS, which unwraps as `openKeys` does, and CloudWatch Logs, which takes everything. */
async function serveAws(): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { CiphertextBlob: wrapped } = (await json(request)) as { readonly CiphertextBlob?: string };
  const reply = wrapped === undefined ? {} : { KeyId: 'code-cache', Plaintext: wrapped };
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(reply));
}

const [folder, ...others] = process.argv.slice(2);
if (folder !== undefined) await takeCodeCache(resolve(folder));
// A process each: what one function has compiled must not count for another.
for (const other of others)
  execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), other], { stdio: 'inherit' });

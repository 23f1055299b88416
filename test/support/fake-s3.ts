// A stand-in for Amazon S3 on 127.0.0.1: path-style REST over HTTP, with conditional writes and what goes wrong with them.
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenLocally } from './local-server.ts';

/** What goes wrong instead of a call. `drop`: it happens, but the reply is lost. `conflict`: 409, nobody knows yet who was first. */
export type S3Fault = 'drop' | 'conflict' | 'slow-down' | 'status500' | 'hang' | 'deny';

export interface FakeS3 {
  readonly endpoint: string;
  readonly requests: { readonly method: string; readonly key: string; readonly headers: IncomingHttpHeaders }[];
  createBucket(name: string): void;
  fail(fault: S3Fault, times: number): void;
  /** Forgets faults that have not happened yet. */
  heal(): void;
  close(): Promise<void>;
}

const REFUSALS: Readonly<Partial<Record<S3Fault, readonly [number, string]>>> = {
  conflict: [409, 'ConditionalRequestConflict'],
  'slow-down': [503, 'SlowDown'],
  status500: [500, 'InternalError'],
  deny: [403, 'AccessDenied'],
};

export async function startFakeS3(): Promise<FakeS3> {
  const buckets = new Map<string, Map<string, Buffer>>();
  const requests: { method: string; key: string; headers: IncomingHttpHeaders }[] = [];
  let faults: { fault: S3Fault; left: number }[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(pathname).split('/');
    const key = rest.join('/');
    const body = await bodyOf(request);
    const method = request.method ?? '';
    requests.push({ method, key, headers: request.headers });
    const failing = faults.find(({ left }) => left > 0);
    if (failing !== undefined) failing.left -= 1;
    if (failing?.fault === 'hang') return; // the caller's time-out ends it, or close()
    const refusal = failing && REFUSALS[failing.fault];
    if (refusal !== undefined) return refuse(response, ...refusal);
    if (failing?.fault === 'drop') response.destroy(); // what is answered from here on is lost
    const objects = buckets.get(bucket);
    if (objects === undefined) return refuse(response, 404, 'NoSuchBucket');
    if (method === 'GET' && key === '') return list(response, objects, searchParams);
    if (method === 'GET') {
      const object = objects.get(key);
      if (object === undefined) refuse(response, 404, 'NoSuchKey');
      else response.writeHead(200).end(object);
    } else if (method === 'PUT') {
      const checksum = request.headers['x-amz-checksum-sha256'];
      if (checksum !== createHash('sha256').update(body).digest('base64')) refuse(response, 400, 'BadDigest');
      else if (request.headers['if-none-match'] === '*' && objects.has(key))
        refuse(response, 412, 'PreconditionFailed');
      else {
        objects.set(key, body);
        response.writeHead(200, { etag: '"x"' }).end();
      }
    } else {
      objects.delete(key);
      response.writeHead(204).end();
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => refuse(response, 500, 'InternalError'));
  });
  const { endpoint, close } = await listenLocally(server);
  return {
    endpoint,
    requests,
    createBucket: (name) => {
      buckets.set(name, new Map());
    },
    fail: (fault, times) => {
      faults.push({ fault, left: times });
    },
    heal: () => {
      faults = [];
    },
    close,
  };
}

/** ListObjectsV2, ten keys a page. */
function list(response: ServerResponse, objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): void {
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).toSorted();
  const from = Number(query.get('continuation-token') ?? 0);
  const page = keys.slice(from, from + 10).map((key) => `<Contents><Key>${key}</Key></Contents>`);
  const more = from + 10 < keys.length;
  const next = more ? `<NextContinuationToken>${from + 10}</NextContinuationToken>` : '';
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${page.join('')}${next}</ListBucketResult>`);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

// Amazon S3 on 127.0.0.1 (path style): objects of a bucket with conditional writes, in the service's REST and XML.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { FaultPlan, type Faulty, type PlannedFault } from './faults.ts';
import { bodyOf, serve } from './http-server.ts';

export interface BucketFault extends PlannedFault {
  readonly kind: 'throttle' | 'status500' | 'status503' | 'hang' | 'reset' | 'drop' | 'malformed' | 'deny' | 'conflict';
  /** `GET`, `PUT`, `DELETE`, `LIST` */
  readonly operation?: string;
}

export interface FakeBucket extends Faulty<BucketFault> {
  readonly endpoint: string;
  /** The objects of the bucket by key. */
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly calls: string[];
  /** The headers of each call. */
  readonly headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}

const PAGE = 100;

export async function startFakeBucket(): Promise<FakeBucket> {
  const objects = new Map<string, Buffer>();
  const plan = new FaultPlan<BucketFault>();
  const calls: string[] = [];
  const headers: IncomingHttpHeaders[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, , ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const operation = url.searchParams.has('list-type') ? 'LIST' : (request.method ?? '');
    const body = decodeChunks(await bodyOf(request), request.headers['content-encoding']);
    calls.push(operation);
    headers.push(request.headers);
    const fault = plan.next(operation);
    const fail = (status: number, code: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>refused</Message></Error>`);
    };
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'throttle') return fail(503, 'SlowDown');
    if (fault?.kind === 'status500') return fail(500, 'InternalError');
    if (fault?.kind === 'status503') return fail(503, 'ServiceUnavailable');
    if (fault?.kind === 'deny') return fail(403, 'AccessDenied');
    if (fault?.kind === 'conflict') return fail(409, 'ConditionalRequestConflict');

    const reply = run();
    if (fault?.kind === 'drop') return void response.destroy();
    if (fault?.kind === 'malformed') return void response.writeHead(200).end('<html>Please sign in');
    if (typeof reply === 'string') return fail(reply === 'NoSuchKey' ? 404 : 412, reply);
    response.writeHead(reply.status, reply.headers).end(reply.body);

    function run(): Answer | string {
      const held = objects.get(key);
      switch (operation) {
        case 'PUT': {
          if (request.headers['if-none-match'] === '*' && held !== undefined) return 'PreconditionFailed';
          const expected = request.headers['if-match'];
          if (expected !== undefined && held === undefined) return 'NoSuchKey';
          if (expected !== undefined && expected !== tagOf(held!)) return 'PreconditionFailed';
          objects.set(key, body);
          return { status: 200, headers: { etag: tagOf(body) } };
        }
        case 'GET':
          if (held === undefined) return 'NoSuchKey';
          if (request.headers['if-none-match'] === tagOf(held)) return { status: 304, headers: { etag: tagOf(held) } };
          return { status: 200, headers: { etag: tagOf(held) }, body: held };
        case 'DELETE':
          objects.delete(key);
          return { status: 204, headers: {} };
        default:
          return list(
            url.searchParams.get('prefix') ?? '',
            url.searchParams.get('delimiter') ?? '',
            url.searchParams.get('continuation-token') ?? '',
          );
      }
    }
  }

  /** Lists keys, and with a delimiter their common prefixes, in one order and in pages. */
  function list(prefix: string, delimiter: string, after: string): Answer {
    const names = [...objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => {
        const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        return end === -1 ? key : key.slice(0, end + 1);
      });
    const left = [...new Set(names)].filter((name) => name > after).toSorted();
    const page = left.slice(0, PAGE);
    const more = left.length > PAGE;
    const contents = page.map((name) =>
      delimiter !== '' && name.endsWith(delimiter)
        ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${name}</Key></Contents>`,
    );
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const xml = `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: xml };
  }

  const server = await serve(answer);
  return { ...server, ...plan.controls, objects, calls, headers };
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: Buffer | string;
}

function tagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** Decodes `aws-chunked`, in which the SDK may send a checksum after the body. */
function decodeChunks(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding !== 'aws-chunked') return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

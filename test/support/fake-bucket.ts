// Amazon S3 on 127.0.0.1 (path style): objects of a bucket with conditional writes, ranges, tags and uploads in parts, in the service's REST
// and XML.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { FaultPlan, type Faulty, type PlannedFault } from './faults.ts';
import { bodyOf, serve } from './http-server.ts';

export interface BucketFault extends PlannedFault {
  readonly kind: 'throttle' | 'status500' | 'status503' | 'hang' | 'reset' | 'drop' | 'malformed' | 'deny' | 'conflict';
  /** `GET`, `HEAD`, `PUT`, `DELETE`, `LIST`, `TAGS`, `BEGIN`, `PART`, `PARTS`, `COMPLETE`, `ABORT` */
  readonly operation?: string;
}

export interface FakeBucket extends Faulty<BucketFault> {
  readonly endpoint: string;
  /** The objects of the bucket by key. A test may put some there, as others do. */
  readonly objects: Map<string, Buffer>;
  /** The uploads that have not ended. */
  readonly uploads: ReadonlyMap<string, FakeUpload>;
  readonly calls: string[];
  /** The headers of each call. */
  readonly headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}

/** An upload in parts. */
export interface FakeUpload {
  readonly key: string;
  readonly tagging: string;
  readonly parts: Map<number, Buffer>;
}

const PAGE = 100;
/** Small, so that tests see pages. */
const PAGE_OF_PARTS = 2;

export async function startFakeBucket(): Promise<FakeBucket> {
  const objects = new Map<string, Buffer>();
  const plan = new FaultPlan<BucketFault>();
  const calls: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const uploads = new Map<string, FakeUpload>();
  const tags = new Map<string, string>();
  let uploadIds = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, , ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const operation = operationOf(request.method ?? '', url.searchParams);
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
    if (typeof reply === 'string') return fail(STATUS[reply] ?? 412, reply);
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
        case 'HEAD':
          if (held === undefined) return 'NoSuchKey';
          return { status: 200, headers: { etag: tagOf(held), 'content-length': String(held.length) } };
        case 'TAGS': {
          if (held === undefined) return 'NoSuchKey';
          const set = [...new URLSearchParams(tags.get(key) ?? '')].map(
            ([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`,
          );
          return xmlAnswer(`<Tagging><TagSet>${set.join('')}</TagSet></Tagging>`);
        }
        case 'BEGIN': {
          const id = `upload-${++uploadIds}`;
          uploads.set(id, { key, tagging: String(request.headers['x-amz-tagging'] ?? ''), parts: new Map() });
          return xmlAnswer(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
        }
        case 'PART':
        case 'PARTS':
        case 'COMPLETE':
        case 'ABORT':
          return uploaded(operation, url.searchParams, key, body, request.headers['if-none-match'] === '*');
        case 'GET':
          if (held === undefined) return 'NoSuchKey';
          if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== tagOf(held))
            return 'PreconditionFailed';
          if (request.headers.range !== undefined) {
            const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range)!.map(Number);
            if (from! >= held.length) return 'InvalidRange';
            return { status: 206, headers: { etag: tagOf(held) }, body: held.subarray(from, to! + 1) };
          }
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

  /** Answers the calls of an upload that has begun. */
  function uploaded(
    operation: string,
    query: URLSearchParams,
    key: string,
    body: Buffer,
    mustBeNew: boolean,
  ): Answer | string {
    const id = query.get('uploadId') ?? '';
    const upload = uploads.get(id);
    if (upload?.key !== key) return 'NoSuchUpload';
    switch (operation) {
      case 'PART':
        upload.parts.set(Number(query.get('partNumber')), body);
        return { status: 200, headers: { etag: tagOf(body) } };
      case 'PARTS': {
        const after = Number(query.get('part-number-marker') ?? '0');
        const left = [...upload.parts].filter(([number]) => number > after).toSorted(([a], [b]) => a - b);
        const page = left.slice(0, PAGE_OF_PARTS);
        const parts = page.map(
          ([number, bytes]) =>
            `<Part><PartNumber>${number}</PartNumber><ETag>${tagOf(bytes).replaceAll('"', '&quot;')}</ETag><Size>${bytes.length}</Size></Part>`,
        );
        const isCut = left.length > page.length;
        const next = isCut ? `<NextPartNumberMarker>${page.at(-1)![0]}</NextPartNumberMarker>` : '';
        return xmlAnswer(
          `<ListPartsResult><IsTruncated>${isCut}</IsTruncated>${next}${parts.join('')}</ListPartsResult>`,
        );
      }
      case 'COMPLETE': {
        if (mustBeNew && objects.has(key)) return 'PreconditionFailed';
        const named = [...body.toString().matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
          number: Number(/<PartNumber>(\d+)/.exec(part)?.[1]),
          tag: /<ETag>(.*?)<\/ETag>/.exec(part)?.[1]?.replaceAll('&quot;', '"'),
        }));
        const found = named.map(({ number }) => upload.parts.get(number));
        if (found.some((bytes, i) => bytes === undefined || tagOf(bytes) !== named[i]!.tag)) return 'InvalidPart';
        if (found.slice(0, -1).some((bytes) => bytes!.length < LEAST_PART)) return 'EntityTooSmall';
        objects.set(key, Buffer.concat(found as Buffer[]));
        tags.set(key, upload.tagging);
        uploads.delete(id);
        return xmlAnswer(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
      }
      default:
        uploads.delete(id);
        return { status: 204, headers: {} };
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
  return { ...server, ...plan.controls, objects, uploads, calls, headers };
}

/** Multipart upload limits of S3 (User Guide): 5 MiB for every part but the last. */
const LEAST_PART = 5 * 1024 * 1024;

/** Statuses of errors that are not 412. */
const STATUS: Readonly<Record<string, number>> = {
  NoSuchKey: 404,
  NoSuchUpload: 404,
  InvalidPart: 400,
  EntityTooSmall: 400,
  InvalidRange: 416,
};

function operationOf(method: string, query: URLSearchParams): string {
  if (query.has('list-type')) return 'LIST';
  if (query.has('tagging')) return 'TAGS';
  if (query.has('uploads')) return 'BEGIN';
  if (!query.has('uploadId')) return method;
  return { PUT: 'PART', GET: 'PARTS', POST: 'COMPLETE', DELETE: 'ABORT' }[method] ?? method;
}

function xmlAnswer(xml: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${xml}` };
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

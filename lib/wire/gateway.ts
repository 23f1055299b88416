// Amazon API Gateway, Lambda proxy integration: requests of payload format 1.0 (REST APIs) and 2.0 (HTTP APIs), and replies
// (API Gateway Developer Guide, "Set up Lambda proxy integrations"; HTTP APIs, "Work with AWS Lambda proxy integrations").

import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { isGzip } from '../base/gzip.ts';
import { membersOf } from '../base/json.ts';
import { malformed } from './malformed.ts';

/** What API Gateway sends, as far as it is used. Every member is checked before use: part of it is the caller's. */
export interface GatewayEvent {
  readonly httpMethod?: unknown;
  readonly path?: unknown;
  readonly rawPath?: unknown;
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly requestContext?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** What API Gateway makes an HTTP response of. */
export interface GatewayReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** The part of a request that is not its body. Reading it never throws, so that a malformed request can be recorded too. */
export interface GatewayRequest {
  /** Upper case; absent when the function is invoked without a gateway. */
  readonly method: string | undefined;
  readonly path: string;
  /** The first value of a header, whatever case its name has. */
  readonly header: (name: string) => string | undefined;
  /** All its values: where it decides who calls, several are as good as none. */
  readonly headerValues: (name: string) => readonly string[];
  /** The caller's address as the gateway saw it. */
  readonly clientIp: string | undefined;
}

/** A gzip body may grow to this: more than any body that fits through Lambda's 6 MB would hold uncompressed in practice. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export function readGatewayRequest(event: GatewayEvent): GatewayRequest {
  const context = membersOf(event.requestContext);
  const http = membersOf(context.http);
  const headers = readHeaders(event);
  return {
    method: text(event.httpMethod)?.toUpperCase() ?? text(http.method)?.toUpperCase(),
    path: text(event.path) ?? text(event.rawPath) ?? text(http.path) ?? '',
    header: (name) => headers.get(name.toLowerCase())?.[0],
    headerValues: (name) => headers.get(name.toLowerCase()) ?? [],
    clientIp: text(membersOf(context.identity).sourceIp) ?? text(http.sourceIp),
  };
}

/**
 * The bytes of the body, decoded by what they are and not by what the headers say of them: plain text, base64, gzip, gzip in
 * base64. (A gateway that has decompressed a body leaves `Content-Encoding: gzip` in place.) Throws `RefusedError`
 * `EVENT_MALFORMED` for a body that is missing, no UTF-8, or damaged.
 */
export function readGatewayBody({ body, isBase64Encoded }: GatewayEvent): Buffer {
  if (typeof body !== 'string') throw malformed('the body is missing');
  const bytes = isBase64Encoded === true || looksLikeGzipInBase64(body) ? decodeBase64(body) : encodeText(body);
  const plain = isGzip(bytes) ? gunzip(bytes) : bytes;
  if (!isUtf8(plain)) throw malformed('the body is not UTF-8');
  return plain;
}

/** A JSON reply. `body` is the JSON text. */
export function gatewayReply(
  statusCode: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayReply {
  return { statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body, isBase64Encoded: false };
}

function readHeaders({ headers, multiValueHeaders }: GatewayEvent): ReadonlyMap<string, readonly string[]> {
  const all = valuesByName(multiValueHeaders);
  // Of a repeated header this member has the last value: where the other knows a name, that one counts.
  return new Map([...valuesByName(headers), ...all]);
}

/** Values by name in lower case, of every spelling of it. */
function valuesByName(headers: unknown): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [spelling, value] of Object.entries(membersOf(headers))) {
    const name = spelling.toLowerCase();
    const values = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
    if (values.length > 0) found.set(name, [...(found.get(name) ?? []), ...values]);
  }
  return found;
}

/** A body that the gateway calls base64 and is not (a test console's, say) begins like JSON, which base64 never does. */
function decodeBase64(body: string): Buffer {
  return /^\s*[{[]/.test(body) ? encodeText(body) : Buffer.from(body, 'base64');
}

/** `1f 8b 08`, the beginning of every gzip stream (RFC 1952, 2.3.1), in base64. */
function looksLikeGzipInBase64(body: string): boolean {
  return body.startsWith('H4sI');
}

/** A text whose characters are the bytes of a gzip stream is taken as those bytes. */
function encodeText(body: string): Buffer {
  if (body.startsWith('\u001f\u008b')) return Buffer.from(body, 'latin1');
  if (!body.isWellFormed()) throw malformed('the body is not UTF-8');
  return Buffer.from(body);
}

function gunzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch {
    throw malformed('the body is damaged gzip, or too large');
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

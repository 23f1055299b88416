// Amazon API Gateway, Lambda proxy integration: requests of payload format 1.0 (REST APIs) and 2.0 (HTTP APIs), and
// replies (API Gateway Developer Guide, "Set up Lambda proxy integrations"; HTTP APIs, "Work with AWS Lambda proxy
// integrations").

import { foldCase } from '../base/fold-case.ts';
import { isUtf8 } from 'node:buffer';
import { GzipError, gunzip, isGzip } from '../base/gzip.ts';
import { membersOf } from '../base/json.ts';
import { RefusedError } from '../protect/refusal.ts';
import { malformed } from './malformed.ts';
import { MAX_BODY_BYTES } from './limits.ts';

/** The used members of an API Gateway event. Each is checked before use, because the caller controls part of it. */
export interface GatewayEvent {
  /** Of a direct invocation: who invokes. No gateway sets it, and a caller of a gateway cannot. */
  readonly caller?: unknown;
  readonly httpMethod?: unknown;
  readonly path?: unknown;
  readonly rawPath?: unknown;
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly requestContext?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** The reply that API Gateway turns into an HTTP response. */
export interface GatewayReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** A request without its body. Reading it never throws, so that a malformed request can be recorded too. */
export interface GatewayRequest {
  /** Upper case; absent when the function is invoked without a gateway. */
  readonly method: string | undefined;
  readonly path: string;
  /** Returns the first value of a header; names are case-insensitive. */
  readonly header: (name: string) => string | undefined;
  /** Returns all values of a header. A header that authenticates the caller must have exactly one. */
  readonly headerValues: (name: string) => readonly string[];
  /** The caller's address, as seen by the gateway. */
  readonly clientIp: string | undefined;
}

export function readGatewayRequest(event: GatewayEvent): GatewayRequest {
  const context = membersOf(event.requestContext);
  const http = membersOf(context.http);
  const values = headerReader(event);
  return {
    method: text(event.httpMethod)?.toUpperCase() ?? text(http.method)?.toUpperCase(),
    path: text(event.path) ?? text(event.rawPath) ?? text(http.path) ?? '',
    header: (name) => values(name)[0],
    headerValues: values,
    clientIp: text(membersOf(context.identity).sourceIp) ?? text(http.sourceIp),
  };
}

/**
 * Decodes the body by its content, not by the headers: plain text, base64, gzip, or gzip in base64. (A gateway that
 * decompressed a body leaves `Content-Encoding: gzip` in place.) `most`: the bytes that it may have once it is unzipped;
 * unzipping stops there. Throws `RefusedError`: `OUT_OF_LIMITS` for more, `EVENT_MALFORMED` for a body that is missing,
 * damaged or not UTF-8.
 */
export function readGatewayBody({ body, isBase64Encoded }: GatewayEvent, most: number = MAX_BODY_BYTES): Buffer {
  if (typeof body !== 'string') throw malformed('the body is missing');
  const bytes = isBase64Encoded === true || looksLikeGzipInBase64(body) ? decodeBase64(body) : encodeText(body);
  const plain = isGzip(bytes) ? unzip(bytes, most) : bytes;
  if (plain.length > most) throw tooLarge(most);
  if (!isUtf8(plain)) throw malformed('the body is not UTF-8');
  return plain;
}

/** Makes a JSON reply. `body` is the JSON text. */
export function gatewayReply(
  statusCode: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): GatewayReply {
  return { statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body, isBase64Encoded: false };
}

/** Returns the function that finds the values of a header. A request may have a million headers, and few are asked for. */
function headerReader({ headers, multiValueHeaders }: GatewayEvent): GatewayRequest['headerValues'] {
  // `headers` has only the last value of a repeated header, so `multiValueHeaders` takes precedence.
  const sources = [multiValueHeaders, headers].map((source) => {
    const members = membersOf(source);
    return { members, spellings: Object.keys(members) };
  });
  return (name) => {
    const folded = foldCase(name);
    for (const { members, spellings } of sources) {
      const values = spellings
        .filter((spelling) => spelling.length === folded.length && foldCase(spelling) === folded)
        .flatMap((spelling) => members[spelling])
        .filter((value) => typeof value === 'string');
      if (values.length > 0) return values;
    }
    return [];
  };
}

/**
 * Decodes base64. A text wrongly marked as base64 (by a test console, say) starts like JSON, which base64 never does.
 */
function decodeBase64(body: string): Buffer {
  return /^\s*[{[]/.test(body) ? encodeText(body) : Buffer.from(body, 'base64');
}

/** Detects `1f 8b 08`, the start of every gzip stream (RFC 1952, 2.3.1), in base64. */
function looksLikeGzipInBase64(body: string): boolean {
  return body.startsWith('H4sI');
}

/** Encodes a text as UTF-8, or as bytes when its characters are the bytes of a gzip stream. */
function encodeText(body: string): Buffer {
  if (body.startsWith('\u001f\u008b')) return Buffer.from(body, 'latin1');
  if (!body.isWellFormed()) throw malformed('the body is not UTF-8');
  return Buffer.from(body);
}

function unzip(bytes: Buffer, most: number): Buffer {
  try {
    return gunzip(bytes, most);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    throw error.code === 'GZIP_TOO_LARGE' ? tooLarge(most) : malformed('the body is damaged gzip');
  }
}

function tooLarge(most: number): RefusedError {
  const detail = `the body has more than ${most.toLocaleString('en-US')} bytes; send fewer rows in a request`;
  return new RefusedError('OUT_OF_LIMITS', { detail });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

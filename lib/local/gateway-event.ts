// Amazon API Gateway, Lambda proxy integration of a REST API, played for a local HTTP server: the event it makes of a request
// (API Gateway Developer Guide, "Input format of a Lambda function for proxy integration").

import { isUtf8 } from 'node:buffer';
import type { GatewayEvent } from '../wire/gateway.ts';

/** Header names and values as they came, repeated names included: a `Headers` object, or entries of a record. */
export type HeaderEntries = Iterable<readonly [name: string, value: string]>;

/**
 * The event of payload format 1.0 for one HTTP request. `url` is what stands in the request line (path and query) or a whole
 * URL; the path stays as it is, like that of a custom domain, which has no stage. A body that is no UTF-8 travels as base64, an
 * empty one as null. `sourceIp` is the caller's address.
 */
export function gatewayEvent(
  method: string,
  url: string,
  headers: HeaderEntries,
  body: Uint8Array | string,
  sourceIp = '127.0.0.1',
): GatewayEvent {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const bytes = Buffer.from(body);
  const isBase64Encoded = !isUtf8(bytes);
  const header = valuesByName(headers);
  const parameter = valuesByName(searchParams);
  const event = {
    resource: '/{proxy+}',
    path: pathname,
    httpMethod: method,
    headers: header.last,
    multiValueHeaders: header.all,
    queryStringParameters: parameter.last,
    multiValueQueryStringParameters: parameter.all,
    requestContext: { httpMethod: method, path: pathname, stage: 'local', identity: { sourceIp } },
    body: bytes.length === 0 ? null : bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
  return event;
}

interface ValuesByName {
  readonly all: Readonly<Record<string, readonly string[]>>;
  /** What API Gateway puts in its members of single values. */
  readonly last: Readonly<Record<string, string>>;
}

function valuesByName(entries: HeaderEntries): ValuesByName {
  const names = [...Map.groupBy(entries, ([name]) => name)];
  return {
    all: Object.fromEntries(names.map(([name, pairs]) => [name, pairs.map(([, value]) => value)])),
    last: Object.fromEntries(names.map(([name, pairs]) => [name, pairs.at(-1)![1]])),
  };
}

// Plays Amazon API Gateway for a local HTTP server: makes the event of a Lambda proxy integration from a request (API
// Gateway Developer Guide, "Input format of a Lambda function for proxy integration").

import { isUtf8 } from 'node:buffer';
import type { GatewayEvent } from '../wire/gateway.ts';

/** Header names and values as received, repeated names included: a `Headers` object, or entries of a record. */
export type HeaderEntries = Iterable<readonly [name: string, value: string]>;

/**
 * Makes the event of payload format 1.0 for an HTTP request. `url` is the target of the request line (path and query)
 * or a whole URL; the path stays as it is, as with a custom domain, which has no stage. A body that is not UTF-8
 * becomes base64, an empty one null. `sourceIp` is the caller's address.
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
  /** The last value of each name, as in the single-value members of API Gateway. */
  readonly last: Readonly<Record<string, string>>;
}

function valuesByName(entries: HeaderEntries): ValuesByName {
  const names = [...Map.groupBy(entries, ([name]) => name)];
  return {
    all: Object.fromEntries(names.map(([name, pairs]) => [name, pairs.map(([, value]) => value)])),
    last: Object.fromEntries(names.map(([name, pairs]) => [name, pairs.at(-1)![1]])),
  };
}

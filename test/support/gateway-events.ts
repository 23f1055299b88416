// Events of API Gateway in its second payload format.
import type { GatewayEvent } from '../../lib/wire/gateway.ts';

/** Payload format 2.0: other members for method, path and address, and header names in lower case. */
export function secondFormat({ headers, body, isBase64Encoded }: GatewayEvent, method: string, path: string): object {
  const names = Object.entries(headers as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]);
  const http = { method, path, sourceIp: '127.0.0.1' };
  const event = { version: '2.0', rawPath: path, headers: Object.fromEntries(names), requestContext: { http } };
  return { ...event, ...(body === null ? {} : { body }), isBase64Encoded };
}

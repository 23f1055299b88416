// Reading a body: a JSON object within the limit, or a refusal that quotes nothing of it.

import { isObject, type JsonObject } from '../../base/json.ts';
import { type GatewayEvent, readGatewayBody } from '../gateway.ts';
import { TspRefusal } from './codes.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** What a body of that size has at most in base64. */
const MAX_BODY_UNITS = 4 * Math.ceil(MAX_BODY_BYTES / 3);

/** The JSON object of a request. Throws `TspRefusal` `INVALID_REQUEST_BODY`; status 413 for more than 1 MB. */
export function readBody(event: GatewayEvent): JsonObject {
  if (typeof event.body === 'string' && event.body.length > MAX_BODY_UNITS) throw tooLarge();
  const bytes = readGatewayBody(event);
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    // No cause: the parser's message quotes the body.
    throw new TspRefusal('INVALID_REQUEST_BODY', 'The body is no JSON');
  }
  if (!isObject(body)) throw new TspRefusal('INVALID_REQUEST_BODY', 'The body is no JSON object');
  return body;
}

function tooLarge(): TspRefusal {
  return new TspRefusal('INVALID_REQUEST_BODY', 'The body has more than 1 MB', { status: 413 });
}

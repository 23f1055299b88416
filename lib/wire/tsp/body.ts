// Parses a body: a JSON object within the size limit, or a refusal that quotes nothing of it.

import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { type GatewayEvent, readGatewayBody } from '../gateway.ts';
import { TspRefusal } from './codes.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * Parses the JSON object of a request. Throws `TspRefusal` `INVALID_REQUEST_BODY`, with status 413 for more than 1 MB.
 */
export function readBody(event: GatewayEvent): JsonObject {
  const bytes = bytesOf(event);
  let body: unknown;
  try {
    body = parseJson(bytes.toString('utf8'));
  } catch {
    // No cause: the parser's message quotes the body.
    throw new TspRefusal('INVALID_REQUEST_BODY', 'The body is no JSON');
  }
  if (!isObject(body)) throw new TspRefusal('INVALID_REQUEST_BODY', 'The body is no JSON object');
  return body;
}

function bytesOf(event: GatewayEvent): Buffer {
  try {
    return readGatewayBody(event, MOST_BYTES);
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === 'OUT_OF_LIMITS')) throw error;
    throw new TspRefusal('INVALID_REQUEST_BODY', 'The body has more than 1 MB', { status: 413 });
  }
}

// An accepted event as a line of JSON: what the stream holds and what the local file holds.
import { isObject } from '../base/json.ts';
import type { SecurityEvent } from './event.ts';

/** Told from other lines of a stream by this. */
const LOGTYPE = 'SecurityEvent';

/** The line of an event, without its end. */
export function eventLine(event: SecurityEvent): string {
  const { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields } = event;
  const members = { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields };
  return JSON.stringify({ logtype: LOGTYPE, ...members });
}

/** The event of a line, or undefined when it is the line of none. */
export function readEventLine(line: string): SecurityEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['logtype'] !== LOGTYPE) return undefined;
  const { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields } = value;
  const isEvent =
    isName(eventId) &&
    isName(chainId) &&
    isName(tenantId) &&
    [sequence, timeMs, receivedMs].every((number) => Number.isSafeInteger(number)) &&
    isObject(iclFields) &&
    isObject(customFields);
  if (!isEvent) return undefined;
  const members = { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields };
  return members as unknown as SecurityEvent;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

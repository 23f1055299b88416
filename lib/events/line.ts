// An accepted event as one line of JSON, in the stream and in the local file.
import { isObject, type JsonObject, parseJson } from '../base/json.ts';
import type { IclFields, SecurityEvent } from './event.ts';

/** Distinguishes events from audit records, which can be in the same stream. */
const LOGTYPE = 'SecurityEvent';

/** Returns the line of an event, without a line break. */
export function eventLine(event: SecurityEvent): string {
  const { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields } = event;
  const members = { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields };
  return JSON.stringify({ logtype: LOGTYPE, ...members });
}

/**
 * Parses the line of an event. Returns `undefined` for any other line: torn, of another shape, or of another program.
 */
export function readEventLine(line: string): SecurityEvent | undefined {
  const value = parsed(line);
  if (!isObject(value) || value['logtype'] !== LOGTYPE) return undefined;
  const { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields } = value;
  if (!isName(eventId) || !isName(chainId) || !isName(tenantId)) return undefined;
  if (!isWhole(sequence) || sequence < 1 || !isWhole(timeMs) || !isWhole(receivedMs)) return undefined;
  if (!isIclFields(iclFields) || !isCustomFields(customFields)) return undefined;
  return { eventId, chainId, sequence, tenantId, timeMs, receivedMs, iclFields, customFields };
}

function parsed(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isIclFields(value: unknown): value is IclFields {
  return isObject(value) && allOf(value, 'string', 'number', 'boolean');
}

function isCustomFields(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && allOf(value, 'string');
}

function allOf(members: JsonObject, ...types: readonly string[]): boolean {
  return Object.values(members).every((member) => types.includes(typeof member));
}

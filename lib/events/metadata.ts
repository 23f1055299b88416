// Metadata of events as callers send it: one closed set of checks for every route, before any work.
//
// The limits are those of this product (the public clients check almost nothing): every sink can carry what they allow.
import { isObject, type JsonObject } from '../base/json.ts';
import { EventError } from './errors.ts';
import type { EventDraft, IclFields } from './event.ts';
import { readEventName } from './names.ts';

/** In UTF-16 code units, as JavaScript, Java and most SIEMs count characters. */
const MAX_ID_LENGTH = 256;
const MAX_FIELD_LENGTH = 1024;
const MAX_NAME_LENGTH = 128;
const MAX_CUSTOM_LENGTH = 4096;
/** Limit of the members of `iclFields`, and of `customFields`. */
const MAX_FIELDS = 64;

/** The largest event that every sink carries. */
const MAX_EVENT_BYTES = 32 * 1024;
/** Room for the ids, the sequence number and the times that the service adds. */
const OWN_BYTES = 512;

/** Members that clients know, which a message may name. It never repeats a name that the caller chose. */
const KNOWN = ['requestingId', 'dataLabel', 'sourceIp', 'objectId', 'requestId', 'event'] as const;

/**
 * Names that only the service sets. A caller that could set them could forge a place in a chain, a repeat of another
 * event, or a statement of the key service.
 */
const RESERVED: ReadonlySet<string> = new Set([
  'eventId',
  'chainId',
  'sequence',
  'tspRayId',
  'logdriverRayId',
  'timestampSkewed',
  'truncated',
  'logMsg',
  'count',
]);

/**
 * Reads the metadata of a key operation: `tenantId`, `iclFields`, `customFields`. Treats null members as absent, ignores
 * unknown members at the top level and keeps unknown members of `iclFields`. Throws `EventError` `EVENT_INVALID`, which
 * names the first invalid member and never its value.
 */
export function readMetadata(body: JsonObject): EventDraft {
  const draft = {
    tenantId: readId(body['tenantId'], 'tenantId'),
    iclFields: readIclFields(body['iclFields']),
    customFields: readCustomFields(body['customFields']),
  };
  const bytes = Buffer.byteLength(JSON.stringify(draft));
  if (bytes > MAX_EVENT_BYTES - OWN_BYTES) throw invalid('The event', `has more than ${MAX_EVENT_BYTES} bytes`);
  return draft;
}

/**
 * Reads a security event as the public clients post it: metadata with `iclFields.event`, and `timestampMillis` (epoch
 * milliseconds; default `receivedMs`, the time of the request). Accepts any time, also far from the present. Throws as
 * `readMetadata` does, and `EVENT_NAME_UNKNOWN`.
 */
export function readSecurityEvent(body: JsonObject, receivedMs: number): EventDraft {
  const draft = readMetadata(body);
  const timeMs = body['timestampMillis'] ?? receivedMs;
  if (!Number.isSafeInteger(timeMs)) throw invalid('timestampMillis', 'must be a whole number of milliseconds');
  const event = readEventName(draft.iclFields['event']);
  return { ...draft, timeMs: timeMs as number, iclFields: { ...draft.iclFields, event } };
}

function readId(value: unknown, member: string): string {
  if (isText(value, MAX_ID_LENGTH) && value !== '') return value;
  throw invalid(member, `must be a text of 1 to ${MAX_ID_LENGTH} characters`);
}

function readIclFields(value: unknown): IclFields {
  if (!isObject(value)) throw invalid('iclFields', 'must be an object');
  const fields = presentFields(value, 'iclFields').map(([name, field]): [string, string] => {
    if (RESERVED.has(name)) throw invalid(`iclFields.${name}`, 'is set by the service');
    const isKnown = KNOWN.some((known) => known === name);
    const member = isKnown ? `iclFields.${name}` : 'A member of iclFields';
    if (!isText(field, MAX_FIELD_LENGTH))
      throw invalid(member, `must be a text of at most ${MAX_FIELD_LENGTH} characters`);
    return [name, field];
  });
  readId(new Map(fields).get('requestingId'), 'iclFields.requestingId');
  return objectOf(fields);
}

function readCustomFields(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw invalid('customFields', 'must be an object');
  return objectOf(
    presentFields(value, 'customFields').map(([name, field]) => {
      const text = textOf(field);
      if (isText(text, MAX_CUSTOM_LENGTH)) return [name, text];
      throw invalid(
        'A member of customFields',
        `must be a text of at most ${MAX_CUSTOM_LENGTH} characters, a number that is exact, or a boolean`,
      );
    }),
  );
}

function presentFields(fields: JsonObject, member: string): readonly [string, unknown][] {
  const present = Object.entries(fields).filter(([, field]) => field !== undefined && field !== null);
  if (present.length > MAX_FIELDS) throw invalid(member, `must have at most ${MAX_FIELDS} members`);
  if (!present.every(([name]) => isText(name, MAX_NAME_LENGTH) && name !== '')) {
    throw invalid(member, `must have names of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  return present;
}

/** Returns the text of a boolean or number. Refuses integers beyond 2^53: parsing may have changed them. */
function textOf(value: unknown): unknown {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return value;
  return Number.isInteger(value)
    ? Number.isSafeInteger(value) && String(value)
    : Number.isFinite(value) && String(value);
}

/** Refuses lone surrogates: they have no UTF-8 form, so each sink would replace them differently. */
function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength && value.isWellFormed();
}

/** Makes every name an own member, also `__proto__`. */
function objectOf(fields: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields);
}

function invalid(member: string, rule: string): EventError {
  return new EventError('EVENT_INVALID', `${member} ${rule}`);
}

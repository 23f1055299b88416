// What callers say of an event: one closed set of checks for every route that takes metadata, before anything is done.
//
// Limits are ours (the public clients check next to nothing): whatever is accepted fits into every sink, byte for byte.
import { isObject, type JsonObject } from '../base/json.ts';
import { EventError } from './errors.ts';
import type { EventDraft, IclFields } from './event.ts';
import { readEventName } from './names.ts';

/** In UTF-16 code units, as JavaScript, Java and most SIEMs count characters. */
const MAX_ID_LENGTH = 256;
const MAX_FIELD_LENGTH = 1024;
const MAX_NAME_LENGTH = 128;
const MAX_CUSTOM_LENGTH = 4096;
/** In `iclFields` and in `customFields`, each. */
const MAX_FIELDS = 64;

/** What a sink carries at most. */
const MAX_EVENT_BYTES = 32 * 1024;
/** Ids, sequence, ray ids and time that the service writes beside what was sent. */
const OWN_BYTES = 512;

/** Known to clients: a message may name them. Names that a caller has chosen are not repeated. */
const KNOWN = ['requestingId', 'dataLabel', 'sourceIp', 'objectId', 'requestId', 'event'] as const;

/**
 * The service's own words. A caller that could set them could forge a place in a chain, a repeat of another event, or what only
 * the key service says.
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
 * Who does what, as a key operation says it: `tenantId`, `iclFields`, `customFields`. Members that are null count as absent,
 * unknown ones at the top level as nobody's, unknown ones of `iclFields` are kept. Throws `EventError` `EVENT_INVALID`, which
 * names the first member that is wrong and never its value.
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
 * A security event, as the public clients post it: metadata with `iclFields.event`, and `timestampMillis` (epoch milliseconds;
 * absent: `receivedMs`, when the request came in). Any time is taken, also one that no clock shows today. Throws as
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

/** Numbers were parsed before they got here: whole ones beyond 2^53 may have been other ones. */
function textOf(value: unknown): unknown {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return value;
  return Number.isInteger(value)
    ? Number.isSafeInteger(value) && String(value)
    : Number.isFinite(value) && String(value);
}

/** Lone surrogates have no UTF-8, so that each sink would make something else of them. */
function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength && value.isWellFormed();
}

/** Every name is a member of its own, `__proto__` included. */
function objectOf(fields: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields);
}

function invalid(member: string, rule: string): EventError {
  return new EventError('EVENT_INVALID', `${member} ${rule}`);
}

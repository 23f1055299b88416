// Events and audit records as one set of facts, which every format but `native` is written from.
import type { MergedRecord } from '../audit/merged-window.ts';
import { membersOf } from '../base/json.ts';
import type { SecurityEvent } from '../events/event.ts';
import { type Meaning, meaningOf } from './meanings.ts';

export type Scalar = string | number | boolean;

export interface Facts {
  readonly id: string;
  readonly tenantId: string;
  readonly event: string;
  readonly meaning: Meaning;
  readonly failed: boolean;
  readonly timeMs: number;
  readonly receivedMs: number;
  readonly message: string;
  readonly user: string;
  readonly sequence: number;
  readonly chainId: string | undefined;
  readonly object: string | undefined;
  readonly label: string | undefined;
  readonly source: string | undefined;
  readonly requestId: string | undefined;
  /** The code of a refusal. */
  readonly code: string | undefined;
  /** Members that no format has a field for. */
  readonly others: Readonly<Record<string, Scalar>>;
  readonly customFields: Readonly<Record<string, string>>;
}

/** A merged or single audit record with its stable id. */
export type IdentifiedRecord = MergedRecord;

const DAY_MS = 86_400_000;

/** Tests for a time more than 24 hours ahead of its receipt or 14 days behind: most sinks refuse such a time. */
export function isSkewed({ timeMs, receivedMs }: SecurityEvent): boolean {
  return timeMs - receivedMs > DAY_MS || receivedMs - timeMs > 14 * DAY_MS;
}

/** Returns the event's name. An event without one is an application's own. */
export function eventName({ iclFields: { event } }: SecurityEvent): string {
  return typeof event === 'string' && event !== '' ? event : 'CUSTOM_EVENT';
}

export function factsOfEvent(event: SecurityEvent): Facts {
  const { requestingId, event: _name, logMsg, dataLabel, sourceIp, objectId, requestId, ...others } = event.iclFields;
  const name = eventName(event);
  const meaning = meaningOf(name);
  return {
    id: event.eventId,
    tenantId: event.tenantId,
    event: name,
    meaning,
    failed: meaning.failed,
    timeMs: event.timeMs,
    receivedMs: event.receivedMs,
    message: textOf(logMsg) ?? meaning.title,
    user: textOf(requestingId) ?? 'unknown',
    sequence: event.sequence,
    chainId: event.chainId,
    object: textOf(objectId),
    label: textOf(dataLabel),
    source: textOf(sourceIp),
    requestId: textOf(requestId),
    code: undefined,
    others: { ...others, ...(isSkewed(event) && { timestampSkewed: true }) },
    customFields: event.customFields,
  };
}

const OPERATIONS: ReadonlyMap<unknown, string> = new Map([
  ['Protect', 'AUDIT_PROTECT'],
  ['Unprotect', 'AUDIT_UNPROTECT'],
  ['Reprotect', 'AUDIT_REPROTECT'],
  ['Check', 'AUDIT_CHECK'],
]);

/** Returns the event name of a record, such as `AUDIT_PROTECT`. */
export function recordName({ record }: IdentifiedRecord): string {
  if (record['logtype'] === 'Policy') return 'AUDIT_POLICY';
  return OPERATIONS.get(membersOf(record['protection'])['operation']) ?? 'AUDIT_UNKNOWN';
}

export function factsOfRecord(tenantId: string, identified: IdentifiedRecord): Facts {
  const { id, timeMs, record } = identified;
  const protection = membersOf(record['protection']);
  const policy = membersOf(record['policy']);
  const info = membersOf(record['additional_info']);
  const { sequence, chain_id: chainId, ...signature } = membersOf(record['signature']);
  const { audit_code: code, datastore, dataelement, policy_user: user, ...rest } = { ...policy, ...protection };
  const { description, request_id: requestId, ...about } = info;
  const event = recordName(identified);
  return {
    id,
    tenantId,
    event,
    meaning: meaningOf(event),
    failed: record['level'] === 'ERROR' || record['level'] === 'EXCEPTION',
    timeMs,
    receivedMs: timeMs,
    message: textOf(description) ?? meaningOf(event).title,
    user: textOf(user) ?? 'unknown',
    sequence: typeof sequence === 'number' ? sequence : 0,
    chainId: textOf(chainId),
    object: textOf(dataelement),
    label: textOf(datastore),
    source: textOf(membersOf(record['client'])['ip']),
    requestId: textOf(requestId),
    code: typeof code === 'number' ? String(code) : undefined,
    others: scalars({ cnt: record['cnt'], level: record['level'], ...rest, ...about, ...signature }),
    customFields: {},
  };
}

/** Returns a scalar as text, and undefined for an empty text, which most formats refuse. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function scalars(members: Readonly<Record<string, unknown>>): Readonly<Record<string, Scalar>> {
  const kept = Object.entries(members).filter((member): member is [string, Scalar] =>
    ['string', 'number', 'boolean'].includes(typeof member[1]),
  );
  return Object.fromEntries(kept);
}

// Names of security events on the wire: a category, an underscore, a name. The four categories are those of the public
// tenant-security clients (Log Security Event).
import { EventError } from './errors.ts';

export const UserEvent = {
  ADD: 'USER_ADD',
  SUSPEND: 'USER_SUSPEND',
  REMOVE: 'USER_REMOVE',
  LOGIN: 'USER_LOGIN',
  TIMEOUT_SESSION: 'USER_TIMEOUT_SESSION',
  LOCKOUT: 'USER_LOCKOUT',
  LOGOUT: 'USER_LOGOUT',
  CHANGE_PERMISSIONS: 'USER_CHANGE_PERMISSIONS',
  EXPIRE_PASSWORD: 'USER_EXPIRE_PASSWORD',
  RESET_PASSWORD: 'USER_RESET_PASSWORD',
  CHANGE_PASSWORD: 'USER_CHANGE_PASSWORD',
  REJECT_LOGIN: 'USER_REJECT_LOGIN',
  ENABLE_TWO_FACTOR: 'USER_ENABLE_TWO_FACTOR',
  DISABLE_TWO_FACTOR: 'USER_DISABLE_TWO_FACTOR',
  CHANGE_EMAIL: 'USER_CHANGE_EMAIL',
  REQUEST_EMAIL_VERIFICATION: 'USER_REQUEST_EMAIL_VERIFICATION',
  VERIFY_EMAIL: 'USER_VERIFY_EMAIL',
} as const;

export const AdminEvent = {
  ADD: 'ADMIN_ADD',
  REMOVE: 'ADMIN_REMOVE',
  CHANGE_PERMISSIONS: 'ADMIN_CHANGE_PERMISSIONS',
  CHANGE_SETTING: 'ADMIN_CHANGE_SETTING',
} as const;

export const DataEvent = {
  IMPORT: 'DATA_IMPORT',
  EXPORT: 'DATA_EXPORT',
  ENCRYPT: 'DATA_ENCRYPT',
  DECRYPT: 'DATA_DECRYPT',
  CREATE: 'DATA_CREATE',
  DELETE: 'DATA_DELETE',
  DENY_ACCESS: 'DATA_DENY_ACCESS',
  CHANGE_PERMISSIONS: 'DATA_CHANGE_PERMISSIONS',
} as const;

export const PeriodicEvent = {
  ENFORCE_RETENTION_POLICY: 'PERIODIC_ENFORCE_RETENTION_POLICY',
  CREATE_BACKUP: 'PERIODIC_CREATE_BACKUP',
} as const;

const CATEGORIES = [UserEvent, AdminEvent, DataEvent, PeriodicEvent] as const;

type ValueOf<T> = T[keyof T];
export type PredefinedEvent =
  | ValueOf<typeof UserEvent>
  | ValueOf<typeof AdminEvent>
  | ValueOf<typeof DataEvent>
  | ValueOf<typeof PeriodicEvent>;
/** A predefined event, or one that `customEvent` returns. */
export type EventName = PredefinedEvent | `CUSTOM_${string}`;

/** All 31 predefined events. */
export const PREDEFINED_EVENTS: ReadonlySet<string> = new Set(CATEGORIES.flatMap((events) => Object.values(events)));

/** The form of an application's own event names. */
export const CUSTOM_EVENT = /^CUSTOM_[A-Z][A-Z_]*$/;
/** The longest name that every sink takes (OTLP logs: `eventName` of at most 256). */
const MAX_NAME_LENGTH = 256;

/**
 * Returns the event `CUSTOM_<name>` of an application. Throws `EventError` `EVENT_NAME_UNKNOWN` unless `name` is made
 * of upper-case letters and underscores and begins with a letter.
 */
export function customEvent(name: string): EventName {
  return readEventName(`CUSTOM_${name}`);
}

/**
 * Parses the event name of a caller. The public Go client sends periodic events without their category, which is added
 * here. Throws `EventError` `EVENT_NAME_UNKNOWN` for any other name, including custom names that only the unanchored
 * check of some public clients allows.
 */
export function readEventName(name: unknown): EventName {
  if (typeof name === 'string') {
    if (PREDEFINED_EVENTS.has(name)) return name as PredefinedEvent;
    if (Object.hasOwn(PeriodicEvent, name)) return PeriodicEvent[name as keyof typeof PeriodicEvent];
    if (name.length <= MAX_NAME_LENGTH && CUSTOM_EVENT.test(name)) return name as EventName;
  }
  throw new EventError(
    'EVENT_NAME_UNKNOWN',
    'iclFields.event must be a predefined event, or CUSTOM_ and a name of upper-case letters and underscores that begins with a letter',
  );
}

// The meaning of every event in OCSF 1.8.0 (schema.ocsf.io) and in the Elastic Common Schema 9.4: one table.
//
// OCSF: 1.8.0 is the newest release; its classes 3001 and 3005 are deprecated by 1.9.0 and still there. ECS: only types
// that the schema expects of a category, so that packages built on it take the events.
import type { PredefinedEvent } from '../events/names.ts';

/** OCSF activities of the classes used here; 99 is Other, whose name is the event's. */
export type OcsfMeaning =
  | { readonly class: 'accountChange'; readonly activity: 1 | 3 | 4 | 5 | 6 | 9 | 10 | 11 | 99 }
  | { readonly class: 'authentication'; readonly activity: 1 | 2 }
  | { readonly class: 'entityManagement'; readonly activity: 3 }
  | { readonly class: 'userAccess'; readonly activity: 1 | 2 | 99; readonly privilege: string }
  | { readonly class: 'apiActivity'; readonly activity: 1 | 2 | 99 }
  | { readonly class: 'datastoreActivity'; readonly activity: 1 | 2 | 5 | 6 | 7 | 9 | 10 | 99 };

export interface EcsMeaning {
  readonly category: 'api' | 'authentication' | 'configuration' | 'database' | 'iam';
  readonly type: readonly (
    | 'access'
    | 'admin'
    | 'change'
    | 'creation'
    | 'deletion'
    | 'end'
    | 'info'
    | 'start'
    | 'user'
  )[];
}

export interface Meaning {
  /** For people. */
  readonly title: string;
  readonly severity: 'notice' | 'warning';
  /** The event reports a refusal. */
  readonly failed: boolean;
  readonly ocsf: OcsfMeaning;
  readonly ecs: EcsMeaning;
}

const account = (title: string, activity: (OcsfMeaning & { class: 'accountChange' })['activity'], type: EcsType) =>
  meaning(title, { class: 'accountChange', activity }, { category: 'iam', type: ['user', type] });
const access = (title: string, activity: 1 | 2 | 99, privilege: string, type: EcsMeaning['type']) =>
  meaning(title, { class: 'userAccess', activity, privilege }, { category: 'iam', type });
const session = (title: string, activity: 1 | 2) =>
  meaning(
    title,
    { class: 'authentication', activity },
    { category: 'authentication', type: [activity === 1 ? 'start' : 'end'] },
  );
const data = (title: string, activity: (OcsfMeaning & { class: 'datastoreActivity' })['activity'], type: EcsType) =>
  meaning(title, { class: 'datastoreActivity', activity }, { category: 'database', type: [type] });
const api = (title: string, activity: 1 | 2 | 99, type: EcsType) =>
  meaning(title, { class: 'apiActivity', activity }, { category: 'api', type: [type] });
const refused = (one: Meaning): Meaning => ({ ...one, severity: 'warning', failed: true });

type EcsType = EcsMeaning['type'][number];

function meaning(title: string, ocsf: OcsfMeaning, ecs: EcsMeaning): Meaning {
  return { title, severity: 'notice', failed: false, ocsf, ecs };
}

type MeantEvent = PredefinedEvent | 'CUSTOM_LEASE_KEY' | 'CUSTOM_DECRYPT_LEASED_KEY' | `AUDIT_${string}`;

/**
 * Events with a meaning of their own: the predefined ones, those of the key service, and records of the audit trail.
 */
const MEANINGS = {
  USER_ADD: account('User added', 1, 'creation'),
  USER_SUSPEND: account('User suspended', 5, 'change'),
  USER_REMOVE: account('User removed', 6, 'deletion'),
  USER_LOGIN: session('User logged in', 1),
  USER_TIMEOUT_SESSION: session('Session of a user timed out', 2),
  USER_LOCKOUT: account('User locked out', 9, 'change'),
  USER_LOGOUT: session('User logged out', 2),
  USER_CHANGE_PERMISSIONS: access('Permissions of a user changed', 99, 'unspecified', ['user', 'change']),
  USER_EXPIRE_PASSWORD: account('Password of a user expired', 99, 'change'),
  USER_RESET_PASSWORD: account('Password of a user reset', 4, 'change'),
  USER_CHANGE_PASSWORD: account('Password of a user changed', 3, 'change'),
  USER_REJECT_LOGIN: refused(session('Login of a user rejected', 1)),
  USER_ENABLE_TWO_FACTOR: account('Two-factor authentication of a user enabled', 10, 'change'),
  USER_DISABLE_TWO_FACTOR: account('Two-factor authentication of a user disabled', 11, 'change'),
  USER_CHANGE_EMAIL: account('Email address of a user changed', 99, 'change'),
  USER_REQUEST_EMAIL_VERIFICATION: account('Verification of an email address requested', 99, 'change'),
  USER_VERIFY_EMAIL: account('Email address of a user verified', 99, 'change'),
  ADMIN_ADD: access('Administrator added', 1, 'administrator', ['admin', 'creation']),
  ADMIN_REMOVE: access('Administrator removed', 2, 'administrator', ['admin', 'deletion']),
  ADMIN_CHANGE_PERMISSIONS: access('Permissions of an administrator changed', 99, 'unspecified', ['admin', 'change']),
  ADMIN_CHANGE_SETTING: meaning(
    'Setting changed',
    { class: 'entityManagement', activity: 3 },
    { category: 'configuration', type: ['change'] },
  ),
  DATA_IMPORT: data('Data imported', 5, 'change'),
  DATA_EXPORT: data('Data exported', 1, 'access'),
  DATA_ENCRYPT: data('Data encrypted', 9, 'change'),
  DATA_DECRYPT: data('Data decrypted', 10, 'access'),
  DATA_CREATE: data('Data created', 6, 'change'),
  DATA_DELETE: data('Data deleted', 7, 'change'),
  DATA_DENY_ACCESS: refused(data('Access to data denied', 10, 'access')),
  DATA_CHANGE_PERMISSIONS: access('Permissions on data changed', 99, 'unspecified', ['change']),
  PERIODIC_ENFORCE_RETENTION_POLICY: api('Retention policy enforced', 99, 'info'),
  PERIODIC_CREATE_BACKUP: api('Backup created', 99, 'info'),
  CUSTOM_LEASE_KEY: api('Key leased', 1, 'creation'),
  CUSTOM_DECRYPT_LEASED_KEY: api('Leased key decrypted', 2, 'access'),
  AUDIT_PROTECT: data('Values protected', 9, 'change'),
  AUDIT_UNPROTECT: data('Values unprotected', 10, 'access'),
  AUDIT_REPROTECT: data('Values protected anew', 2, 'change'),
  AUDIT_CHECK: data('Values checked before they are protected', 99, 'info'),
  AUDIT_UNKNOWN: data('Malformed request', 99, 'access'),
  AUDIT_POLICY: meaning(
    'Policy changed',
    { class: 'entityManagement', activity: 3 },
    { category: 'configuration', type: ['change'] },
  ),
} as const satisfies Readonly<Record<MeantEvent, Meaning>>;

const CUSTOM = api('Custom event', 99, 'info');

/** Returns the meaning of an event name. Custom and unknown names are an application's own event. */
export function meaningOf(event: string): Meaning {
  return Object.hasOwn(MEANINGS, event) ? MEANINGS[event as keyof typeof MEANINGS] : CUSTOM;
}

/** The names of events with a meaning of their own. */
export const MEANT_EVENTS = Object.keys(MEANINGS);

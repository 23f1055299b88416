// The audit record: JSON members as the reference product documents them since protector 3.1, plus marked extensions.
import { ProtectorError } from '../base/errors.ts';
import type { Operation } from '../base/operation.ts';
import { type AuditLevel, auditLevel, auditText } from './codes.ts';
import { sharedMembers } from './forms.ts';

/** One event about values. Holds no value, token, key or row content. */
export interface AuditEntry {
  readonly user: string;
  /** Absent only when the request is too malformed to tell. */
  readonly operation?: Operation | undefined;
  /** Absent only when the request is too malformed to tell. As received when the policy does not know it. */
  readonly element?: string | undefined;
  /** Reprotect: the element that the input is protected with. */
  readonly oldElement?: string | undefined;
  readonly code: number;
  /** Null or the protected value was returned instead of an error. */
  readonly substituted?: boolean | undefined;
  /** Number of values, without nulls. */
  readonly count: number;
  /** 0-based index of the one row that the entry is about. */
  readonly row?: number | undefined;
  /** How many of `count` are weakly protected because of their length. */
  readonly weakCount?: number | undefined;
  /** How many of `count` were left clear in whole, as the element says. */
  readonly clearCount?: number | undefined;
  /** The element leaves parts of its values clear. */
  readonly clearParts?: boolean | undefined;
  /** A break-glass role alone allows the request. Such a request always has a record of its own. */
  readonly breakGlass?: boolean | undefined;
  /** When the grant that would have allowed the request ended or begins: `ended 2026-12-31T00:00:00Z`. */
  readonly lapse?: string | undefined;
  readonly mask?: string | undefined;
  /** Cloud and database vendor, such as `aws.redshift`. */
  readonly vendor: string;
  readonly queryId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly cluster?: string | undefined;
  readonly clientIp?: string | undefined;
  /** Snowflake's batch id. */
  readonly batchId?: string | undefined;
  /** Values of a repeated batch, which were counted when it was first answered and are not in `count`. */
  readonly repeatedCount?: number | undefined;
  readonly dataStore: string;
  readonly policyVersion?: string | undefined;
  /** Number of requests in this summary, where the policy asks for no record of each request. */
  readonly requests?: number | undefined;
  /** Times of the first and last of several merged requests, in epoch milliseconds. Set by the trail. */
  readonly firstTimeMs?: number | undefined;
  readonly lastTimeMs?: number | undefined;
}

/** The members that all records of a process share. */
export interface HostFacts {
  /** Name of the protect function. */
  readonly deploymentId: string;
  readonly ip: string;
  readonly hostname: string;
  readonly processId: number;
  readonly user: string;
  /** Such as `Linux_x64`. */
  readonly platform: string;
  /** Version of this release. */
  readonly release: string;
  readonly engineVersion: string;
}

/** The place of a record in its chain, and the key that signs it. */
export interface AuditSignature {
  readonly key_id: string;
  readonly chain_id: string;
  /** 1, 2, 3 … within the chain. */
  readonly sequence: number;
  /** Checksum of the previous record; absent when `sequence` is 1. */
  readonly previous?: string;
  readonly checksum: string;
}

/** Members that say where a record was made, common to all kinds of records. */
export interface RecordFrame {
  readonly origin: { readonly ip: string; readonly hostname: string; readonly time_utc: number };
  readonly process: {
    readonly name: 'protect';
    readonly id: string;
    readonly module: 'coreprovider';
    readonly thread_id: '0';
    readonly user: string;
    readonly platform: string;
    readonly version: 'UNKNOWN';
  };
  readonly protector: {
    readonly family: 'cp';
    readonly version: string;
    readonly vendor: string;
    readonly datastore: string;
    readonly pcc_version: string;
    readonly core_version: string;
    readonly lambda_version: string;
  };
}

/** A record before it is signed. No member is null; numbers are integers. */
export interface UnsignedAuditRecord extends RecordFrame {
  readonly additional_info: {
    readonly deployment_id: string;
    readonly description: string;
    readonly cluster?: string;
    readonly query_id?: string;
    readonly request_id?: string;
    readonly batch_id?: string;
    readonly repeated_cnt?: number;
    readonly weak_cnt?: number;
    readonly clear_cnt?: number;
    readonly clear_parts?: true;
    readonly break_glass?: true;
    readonly policy_version?: string;
    readonly request_cnt?: number;
    readonly first_time_ms?: number;
    readonly last_time_ms?: number;
  };
  readonly cnt: number;
  readonly correlationid?: string;
  readonly level: AuditLevel;
  readonly logtype: 'Protection';
  readonly protection: {
    readonly audit_code: number;
    readonly dataelement?: string;
    readonly datastore: string;
    readonly mask_setting?: string;
    readonly old_dataelement?: string;
    readonly operation?: Operation;
    readonly policy_user: string;
  };
  readonly client?: { readonly ip: string };
}

/** The record as written. */
export type AuditRecord = UnsignedAuditRecord & { readonly signature: AuditSignature };

/**
 * Longest text of a member, in UTF-16 units. A unit takes at most 6 bytes of JSON (`\u0001`), so these caps keep every
 * record below 32 KB for any input; `test/unit/audit/record.test.ts` builds the largest one.
 */
export const CAPS = { user: 1024, query: 512, cluster: 256, element: 256, store: 256, id: 128, short: 64 } as const;

/**
 * Makes the record of `entry` at `timeMs` (epoch milliseconds; the record holds whole seconds). Pure. Makes texts
 * well-formed and cuts them to their cap, ending a cut text in `…`. Does not sign. Throws what `checkEntry` throws.
 */
export function toAuditRecord(entry: AuditEntry, host: HostFacts, timeMs: number): UnsignedAuditRecord {
  checkEntry(entry);
  const queryId = capped(entry.queryId, CAPS.query);
  const cluster = capped(entry.cluster, CAPS.cluster);
  const requestId = capped(entry.requestId, CAPS.id);
  const batchId = capped(entry.batchId, CAPS.id);
  const policyVersion = capped(entry.policyVersion, CAPS.id);
  const element = capped(entry.element, CAPS.element);
  const oldElement = capped(entry.oldElement, CAPS.element);
  const mask = capped(entry.mask, CAPS.short);
  const clientIp = capped(entry.clientIp, CAPS.short);
  const dataStore = cap(entry.dataStore, CAPS.store);
  const repeated = entry.repeatedCount ?? 0;
  const weak = entry.weakCount ?? 0;
  const clear = entry.clearCount ?? 0;
  // Members are assigned in their order: a spread for each optional one takes as long as the MAC.
  const info: Mutable<UnsignedAuditRecord['additional_info']> = {
    deployment_id: cap(host.deploymentId, CAPS.id),
    description: auditText(entry.code, entry.row) + (entry.lapse === undefined ? '' : ` (${entry.lapse})`),
  };
  if (cluster !== undefined) info.cluster = cluster;
  if (queryId !== undefined) info.query_id = queryId;
  if (requestId !== undefined) info.request_id = requestId;
  if (batchId !== undefined) info.batch_id = batchId;
  if (repeated > 0) info.repeated_cnt = repeated;
  if (weak > 0) info.weak_cnt = weak;
  if (clear > 0) info.clear_cnt = clear;
  if (entry.clearParts === true) info.clear_parts = true;
  if (entry.breakGlass === true) info.break_glass = true;
  if (policyVersion !== undefined) info.policy_version = policyVersion;
  if (entry.requests !== undefined) info.request_cnt = entry.requests;
  if (entry.firstTimeMs !== undefined) info.first_time_ms = entry.firstTimeMs;
  if (entry.lastTimeMs !== undefined) info.last_time_ms = entry.lastTimeMs;
  const protection: Mutable<Partial<UnsignedAuditRecord['protection']>> = { audit_code: entry.code };
  if (element !== undefined) protection.dataelement = element;
  protection.datastore = dataStore;
  if (mask !== undefined) protection.mask_setting = mask;
  if (oldElement !== undefined) protection.old_dataelement = oldElement;
  if (entry.operation !== undefined) protection.operation = entry.operation;
  protection.policy_user = cap(entry.user, CAPS.user);
  const record: Mutable<Partial<UnsignedAuditRecord>> = { additional_info: info, cnt: entry.count };
  if (queryId !== undefined) record.correlationid = queryId;
  record.level = auditLevel(entry.code, entry.substituted);
  record.logtype = 'Protection';
  record.protection = protection as UnsignedAuditRecord['protection'];
  if (clientIp !== undefined) record.client = { ip: clientIp };
  return Object.assign(record, recordFrame(host, entry.vendor, dataStore, timeMs)) as UnsignedAuditRecord;
}

type Mutable<T> = { -readonly [Member in keyof T]: T[Member] };

/**
 * Returns the members that say where, when (`timeMs`, epoch milliseconds) and for which front end a record was made.
 */
export function recordFrame(host: HostFacts, vendor: string, dataStore: string, timeMs: number): RecordFrame {
  const { ip, hostname, process, protector } = placeOf(host, vendor, dataStore);
  return { origin: { ip, hostname, time_utc: Math.floor(timeMs / 1000) }, process, protector };
}

/** The parts of a frame that stay while vendor and data store do. */
interface Place extends Pick<RecordFrame, 'process' | 'protector'> {
  readonly ip: string;
  readonly hostname: string;
}

/** The last place of each host: a function has one front end and, until the next policy, one data store. */
const places = new WeakMap<HostFacts, { readonly vendor: string; readonly dataStore: string; readonly place: Place }>();

function placeOf(host: HostFacts, vendor: string, dataStore: string): Place {
  const last = places.get(host);
  if (last !== undefined && last.vendor === vendor && last.dataStore === dataStore) return last.place;
  const place = newPlace(host, vendor, dataStore);
  places.set(host, { vendor, dataStore, place });
  return place;
}

function newPlace(host: HostFacts, vendor: string, dataStore: string): Place {
  const release = cap(host.release, CAPS.short);
  const engine = cap(host.engineVersion, CAPS.short);
  return {
    ip: cap(host.ip, CAPS.short),
    hostname: cap(host.hostname, CAPS.store),
    process: sharedMembers({
      name: 'protect',
      id: String(host.processId),
      module: 'coreprovider',
      thread_id: '0',
      user: cap(host.user, CAPS.short),
      platform: cap(host.platform, CAPS.short),
      version: 'UNKNOWN',
    }),
    protector: sharedMembers({
      family: 'cp',
      version: release,
      vendor: cap(vendor, CAPS.short),
      datastore: cap(dataStore, CAPS.store),
      pcc_version: engine,
      core_version: engine,
      lambda_version: release,
    }),
  };
}

/**
 * Throws for an entry that cannot become a record: `AUDIT_CODE_UNKNOWN`, or `AUDIT_ENTRY_INVALID` when a count or row
 * is not an integer of 0 or more. Either is a bug in the caller, found before anything is answered.
 */
export function checkEntry(entry: AuditEntry): void {
  auditLevel(entry.code);
  const { count, row = 0, weakCount = 0, clearCount = 0, repeatedCount = 0, requests = 0 } = entry;
  for (const number of [count, row, weakCount, clearCount, repeatedCount, requests]) {
    if (Number.isSafeInteger(number) && number >= 0) continue;
    throw new ProtectorError('AUDIT_ENTRY_INVALID', 'Counts and rows of an audit entry must be integers of 0 or more');
  }
}

/** Makes a text well-formed and cuts it to `limit` UTF-16 units, ending a cut text in `…`. */
export function cap(text: string, limit: number): string {
  if (text.length <= limit) return text.toWellFormed();
  return `${text.slice(0, limit - 1).toWellFormed()}…`;
}

/** Caps a text that is present. An absent one stays absent: no member of a record is null or undefined. */
export function capped(text: string | undefined, limit: number): string | undefined {
  return text === undefined ? undefined : cap(text, limit);
}

// Second level of aggregation: merges signed records of many environments into one per kind of event, naming the
// originals.
import { isObject } from '../base/json.ts';
import { createHash } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';
import { CanonicalJsonError, canonicalJson } from '../crypto/canonical-json.ts';
import { KnownRecords, SeenNumbers, type SeenNumbersJson, tagOfLine } from './known-records.ts';
import { readLine, type SignedObject } from './read-line.ts';

type Json = Readonly<Record<string, unknown>>;

/** Equal records, added up. */
interface Group {
  /** The record without the members that differ between equal records. */
  readonly common: Json;
  /** Members that say where it happened, kept only while all records agree. */
  place: Json;
  cnt: number;
  weak: number;
  clear: number;
  repeated: number;
  requests: number;
  firstMs: number;
  lastMs: number;
  /** 32 bytes each, in order of arrival. */
  checksums: Buffer[];
  readonly chains: Map<string, SeenNumbers>;
}

/** A merged record as it is delivered. The same originals give the same `id` in every forwarder. */
export interface MergedRecord {
  readonly id: string;
  readonly timeMs: number;
  readonly record: Json;
}

/**
 * `known`: the record was added before. `malformed`, `unsigned`: the line cannot be added; see `readLine`. `forked`: nor
 * can a record whose number another record of its chain has.
 */
export type Addition =
  | { readonly kind: 'added' | 'known' | 'malformed' | 'unsigned' }
  | { readonly kind: 'forked'; readonly chainId: string; readonly sequence: number };

/** Keeps a merged record below 32 KB for any number of environments. */
const MAX_CHAINS = 100;
const MAX_RECORDS = 5_000;

/**
 * Merges the records of a window: sums `cnt`, keeps the first and last time, and adds the digest of the originals'
 * checksums with their chains and numbers, so that a reader can match the merged record to its originals. Records are
 * equal when they agree in everything but counts, times, request, batch, environment and signature, members unknown to
 * this version included; uses of a break-glass role in the request too. A record counts once however often it is added,
 * and a second record with its number does not count. Does not check signatures: it has no key.
 */
export class MergedWindow {
  readonly #groups = new Map<string, Group[]>();
  readonly #known = new KnownRecords();
  #records = 0;

  /** Restores the window that `toState` wrote. Throws `ProtectorError` `WINDOW_STATE_INVALID`. */
  static fromState(state: string): MergedWindow {
    const window = new MergedWindow();
    try {
      for (const group of (JSON.parse(state) as GroupState[]).map(groupOf)) window.#restore(group);
    } catch {
      throw new ProtectorError('WINDOW_STATE_INVALID', 'The state of the window was not written by this version');
    }
    return window;
  }

  /** Records added so far. */
  get records(): number {
    return this.#records;
  }

  /** Adds a line unless `before` or this window knows it. */
  add(line: string, before?: KnownRecords): Addition {
    const read = readLine(line);
    if (read.kind !== 'signed') return { kind: read.kind };
    const { chain_id: chainId, sequence, checksum } = read.record.signature;
    const parts = partsOf(read.record);
    const key = parts === undefined ? undefined : keyOf(parts.common);
    if (parts === undefined || key === undefined || !/^[0-9A-F]{64}$/.test(checksum)) {
      return { kind: 'malformed' };
    }
    const tag = tagOfLine(line);
    const earlier = before?.compare(chainId, sequence, tag) ?? 'new';
    const sighting = earlier === 'new' ? this.#known.add(chainId, sequence, tag, parts.lastMs) : earlier;
    if (sighting === 'known') return { kind: 'known' };
    if (sighting === 'forked') return { kind: 'forked', chainId, sequence };
    const group = this.#openGroup(key, parts, chainId);
    group.cnt += read.count;
    group.weak += parts.weak;
    group.clear += parts.clear;
    group.repeated += parts.repeated;
    group.requests += parts.requests;
    group.firstMs = Math.min(group.firstMs, parts.firstMs);
    group.lastMs = Math.max(group.lastMs, parts.lastMs);
    group.place = agreed(group.place, parts.place);
    group.checksums.push(Buffer.from(checksum, 'hex'));
    const numbers = group.chains.get(chainId) ?? SeenNumbers.empty();
    numbers.add(sequence, tag);
    group.chains.set(chainId, numbers);
    this.#records += 1;
    return { kind: 'added' };
  }

  merged(): readonly MergedRecord[] {
    return [...this.#groups.values()].flat().map(toMergedRecord);
  }

  /** Adds the records of this window to `known`. */
  addTo(known: KnownRecords, timeMs: number): void {
    for (const group of [...this.#groups.values()].flat()) {
      for (const [chainId, numbers] of group.chains) known.addAll(chainId, numbers, timeMs);
    }
  }

  /** Writes the state for the next invocation of this window. */
  toState(): string {
    return JSON.stringify([...this.#groups.values()].flat().map(stateOf));
  }

  #openGroup(key: string, parts: Parts, chainId: string): Group {
    const groups = this.#groups.get(key) ?? [];
    this.#groups.set(key, groups);
    const last = groups.at(-1);
    if (last !== undefined && hasRoom(last, chainId)) return last;
    const group: Group = {
      common: parts.common,
      place: parts.place,
      cnt: 0,
      weak: 0,
      clear: 0,
      repeated: 0,
      requests: 0,
      firstMs: parts.firstMs,
      lastMs: parts.lastMs,
      checksums: [],
      chains: new Map(),
    };
    groups.push(group);
    return group;
  }

  #restore(group: Group): void {
    const key = canonicalJson(group.common);
    this.#groups.set(key, [...(this.#groups.get(key) ?? []), group]);
    for (const [chainId, numbers] of group.chains) this.#known.addAll(chainId, numbers, group.lastMs);
    this.#records += group.checksums.length;
  }
}

function hasRoom({ chains, checksums }: Group, chainId: string): boolean {
  return checksums.length < MAX_RECORDS && (chains.size < MAX_CHAINS || chains.has(chainId));
}

interface Parts {
  readonly common: Json;
  readonly place: Json;
  readonly weak: number;
  readonly clear: number;
  readonly repeated: number;
  readonly requests: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Splits a record; undefined when a member to be summed is no integer. */
function partsOf(record: SignedObject): Parts | undefined {
  const { signature: _signature, cnt: _cnt, origin, process, additional_info, ...rest } = record;
  const info = isObject(additional_info) ? additional_info : {};
  const { time_utc: seconds, ...where } = isObject(origin) ? origin : {};
  const {
    request_id: request,
    batch_id: _batch,
    weak_cnt: weak = 0,
    clear_cnt: clear = 0,
    repeated_cnt: repeated = 0,
    request_cnt: requests,
    first_time_ms: firstMs = Number(seconds) * 1000,
    last_time_ms: lastMs = Number(seconds) * 1000,
    ...facts
  } = info;
  const numbers = [weak, clear, repeated, requests === undefined ? 0 : requests, firstMs, lastMs];
  if (!numbers.every((value) => Number.isSafeInteger(value))) return undefined;
  return {
    // A summary of requests never merges with the record of a single request.
    common: {
      ...rest,
      // Each use of a break-glass role stays a record of its own.
      additional_info:
        facts['break_glass'] === true && request !== undefined ? { ...facts, request_id: request } : facts,
      ...(requests !== undefined && { summed: true }),
    },
    place: { ...where, ...(isObject(process) && { process }) },
    weak: Number(weak),
    clear: Number(clear),
    repeated: Number(repeated),
    requests: Number(requests ?? 0),
    firstMs: Number(firstMs),
    lastMs: Number(lastMs),
  };
}

/** Returns the key; undefined when the record has no canonical form, and so cannot be a signed one. */
function keyOf(common: Json): string | undefined {
  try {
    return canonicalJson(common);
  } catch (error) {
    if (error instanceof CanonicalJsonError) return undefined;
    throw error;
  }
}

/** Returns the members in which both agree. */
function agreed(one: Json, other: Json): Json {
  const same = ([name, value]: [string, unknown]): boolean =>
    name in other && canonicalJson(value) === canonicalJson(other[name]);
  return Object.fromEntries(Object.entries(one).filter(same));
}

function toMergedRecord(group: Group): MergedRecord {
  const digest = digestOf(group.checksums);
  const { process, ...where } = group.place;
  const { summed: _summed, ...common } = group.common;
  const info = common['additional_info'] as Json;
  const record = {
    ...common,
    additional_info: {
      ...info,
      first_time_ms: group.firstMs,
      last_time_ms: group.lastMs,
      ...(group.weak > 0 && { weak_cnt: group.weak }),
      ...(group.clear > 0 && { clear_cnt: group.clear }),
      ...(group.repeated > 0 && { repeated_cnt: group.repeated }),
      ...(group.requests > 0 && { request_cnt: group.requests }),
      merged_records: group.checksums.length,
      merged_digest: digest,
      merged_from: [...group.chains].map(([chainId, { sequences }]) => ({ chain_id: chainId, sequences })),
    },
    cnt: group.cnt,
    origin: { ...where, time_utc: Math.floor(group.lastMs / 1000) },
    ...(process !== undefined && { process }),
  };
  const id = createHash('sha256').update(canonicalJson(group.common)).update(digest).digest('hex');
  return { id, timeMs: group.lastMs, record };
}

/** Returns the SHA-256 (upper-case hexadecimal) of the records' checksums, sorted, each followed by a line feed. */
function digestOf(checksums: readonly Buffer[]): string {
  const texts = checksums.map((checksum) => `${checksum.toString('hex').toUpperCase()}\n`).toSorted();
  return createHash('sha256').update(texts.join('')).digest('hex').toUpperCase();
}

/** `clear` is absent from a state that an earlier version wrote. */
type Sums = readonly [
  cnt: number,
  weak: number,
  repeated: number,
  requests: number,
  firstMs: number,
  lastMs: number,
  clear?: number,
];

type GroupState = readonly [
  common: Json,
  place: Json,
  numbers: Sums,
  checksums: string,
  chains: readonly (readonly [chainId: string, ...SeenNumbersJson])[],
];

function stateOf(group: Group): GroupState {
  const { common, place, cnt, weak, clear, repeated, requests, firstMs, lastMs, checksums, chains } = group;
  return [
    common,
    place,
    [cnt, weak, repeated, requests, firstMs, lastMs, clear],
    Buffer.concat(checksums).toString('base64'),
    [...chains].map(([chainId, numbers]) => [chainId, ...numbers.toJson()] as const),
  ];
}

function groupOf([common, place, numbers, checksums, chains]: GroupState): Group {
  const [cnt, weak, repeated, requests, firstMs, lastMs, clear = 0] = numbers;
  const bytes = Buffer.from(checksums, 'base64');
  const isWhole = [cnt, weak, repeated, requests, firstMs, lastMs, clear].every(Number.isSafeInteger);
  if (!isObject(common) || !isObject(place) || !isWhole || bytes.length % 32 !== 0) throw new TypeError('No group');
  return {
    common,
    place,
    cnt,
    weak,
    clear,
    repeated,
    requests,
    firstMs,
    lastMs,
    checksums: Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32)),
    chains: new Map(chains.map(([chainId, ...seen]) => [chainId, SeenNumbers.fromJson(seen)])),
  };
}

// Merges audit entries: inside one blocking write, or across the requests of an interval.
import { isBreakGlass, isPolicyEntry, type TrailEntry } from './entry.ts';

/**
 * Collects entries and merges equal ones: sums their counts and keeps the place of the first. Entries are equal when a
 * record would show the same of them apart from those sums, the request id included: a merged record never covers two
 * requests, users, rows or policy versions. With `acrossRequests` it may cover several requests, and then names none;
 * requests that a break-glass role allowed stay apart.
 */
export class Aggregate {
  readonly #acrossRequests: boolean;
  /** The only entry so far: most requests have one, and need no key to find it by. */
  #only: TrailEntry | undefined;
  /** All entries by their keys, once there are several. */
  #entries = new Map<string, TrailEntry>();

  constructor({ acrossRequests = false } = {}) {
    this.#acrossRequests = acrossRequests;
  }

  /** How many records `drain` would return. */
  get size(): number {
    return this.#only === undefined ? this.#entries.size : 1;
  }

  add(entry: TrailEntry): void {
    if (this.size === 0) {
      this.#only = entry;
      return;
    }
    if (this.#only !== undefined) {
      const first = this.#only;
      this.#only = undefined;
      this.#merge(first);
    }
    this.#merge(entry);
  }

  #merge(entry: TrailEntry): void {
    // Each use of a break-glass role keeps a record of its own.
    const merges = this.#acrossRequests && !isBreakGlass(entry);
    const key = keyOf(merges ? { ...entry, requestId: undefined, batchId: undefined } : entry);
    const before = this.#entries.get(key);
    this.#entries.set(key, before === undefined ? entry : merged(before, entry));
  }

  /** Returns the entries in first-seen order and empties the aggregate. */
  drain(): readonly TrailEntry[] {
    if (this.#only !== undefined) {
      const only = this.#only;
      this.#only = undefined;
      return [only];
    }
    if (this.#entries.size === 0) return [];
    const entries = [...this.#entries.values()];
    this.#entries = new Map();
    return entries;
  }
}

function merged(first: TrailEntry, second: TrailEntry): TrailEntry {
  if (isPolicyEntry(first) || isPolicyEntry(second)) return { ...first, count: first.count + second.count };
  return {
    ...first,
    requestId: first.requestId === second.requestId ? first.requestId : undefined,
    batchId: first.batchId === second.batchId ? first.batchId : undefined,
    count: first.count + second.count,
    weakCount: sum(first.weakCount, second.weakCount),
    clearCount: sum(first.clearCount, second.clearCount),
    repeatedCount: sum(first.repeatedCount, second.repeatedCount),
    requests: sum(first.requests, second.requests),
    firstTimeMs: first.firstTimeMs,
    lastTimeMs: second.lastTimeMs,
  };
}

function sum(first: number | undefined, second: number | undefined): number | undefined {
  return first === undefined && second === undefined ? undefined : (first ?? 0) + (second ?? 0);
}

/** Writes a JSON array: unambiguous for any text, and an absent member (`null`) differs from every text. */
function keyOf(entry: TrailEntry): string {
  if (isPolicyEntry(entry)) {
    const { policy, dataStore, policyVersion, code, detail, requestId } = entry;
    return JSON.stringify(['Policy', policy, dataStore, policyVersion, code, detail, requestId]);
  }
  return JSON.stringify([
    entry.user,
    entry.operation,
    entry.element,
    entry.oldElement,
    entry.code,
    entry.substituted === true,
    entry.row,
    entry.mask,
    entry.clearParts === true,
    entry.breakGlass === true,
    entry.lapse,
    entry.vendor,
    entry.queryId,
    entry.requestId,
    entry.cluster,
    entry.clientIp,
    entry.batchId,
    entry.dataStore,
    entry.policyVersion,
    entry.requests !== undefined,
  ]);
}

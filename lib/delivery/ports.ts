// What delivery needs of the world: somewhere to send parcels, somewhere to keep them, a clock and a random source.

/** The clock, timer and random source that a caller gives. */
export interface Pace {
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /** Resolves after `ms`. Rejects when `signal` aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** One thing to deliver. `id` stays the same however often it is sent: sinks that can, drop what they have already. */
export interface Parcel {
  readonly id: string;
  /** When it happened, in epoch milliseconds. */
  readonly timeMs: number;
  /** The bytes every sink carries: one JSON object, or a text where `about` says so. At most 32 KB. */
  readonly body: string;
  /** What sinks put beside the body, where they have a place for it. Absent: an audit record on its way to ESA. */
  readonly about?: ParcelFacts;
}

/** What a parcel is about, in the words that SIEMs index by. */
export interface ParcelFacts {
  readonly tenantId: string;
  /** Event name, such as `USER_LOGIN`. */
  readonly event: string;
  readonly severity: 'notice' | 'warning';
  readonly sequence: number;
  readonly content: 'json' | 'text';
}

/**
 * What became of a parcel, in the words of every sink's own table of replies.
 *
 * - `delivered`: the sink has it
 * - `retry`: the same again may go well later (throttling, 5xx, network)
 * - `config`: nothing will go well before somebody changes a setting (credentials, a missing index)
 * - `data`: this parcel will never be taken
 * - `split`: the call was refused as a whole; smaller ones may tell which parcel it was
 */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'config' | 'data' | 'split'; readonly reason: string }
  /** `afterMs`: not before that, says the sink (Retry-After). */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number };

export interface DeliverySink {
  /** Shown in metrics and dead letters: letters, digits and hyphens. */
  readonly name: string;
  /** One call's worth. */
  readonly maxParcels: number;
  readonly maxBytes: number;
  /**
   * One call to the service, with a time-out of its own. Resolves to a verdict per parcel, in their order. Never rejects. A
   * reason names a status or a code and never quotes a reply, which may hold what was sent.
   */
  deliver(parcels: readonly Parcel[]): Promise<readonly Verdict[]>;
}

export interface StoredObject {
  readonly body: Buffer;
  /** Changes whenever the object does. */
  readonly tag: string;
}

/** What an object must be for a `put` to take its place. @default anything */
export type Expected = { readonly tag: string } | 'absent';

/** Small objects by key. Every method rejects with `StoreError` `STORE_UNAVAILABLE` within a bounded time. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  /** Resolves, once the object is durable, to its tag. Rejects with `STORE_CONFLICT` when it is not what was expected. */
  put(key: string, body: Uint8Array, expected?: Expected): Promise<string>;
  /** A missing object is fine. */
  remove(key: string): Promise<void>;
}

/** A store that can be looked through. */
export interface ListableStore extends ObjectStore {
  /** Keys that begin with `prefix`, in ascending order. */
  list(prefix: string): AsyncIterable<string>;
  /** The names between `prefix`, which ends with a slash, and the next slash of the keys below it: each once, in any order. */
  folders(prefix: string): AsyncIterable<string>;
}

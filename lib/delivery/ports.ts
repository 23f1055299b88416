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

/** One item to deliver. `id` is the same at each attempt, so that sinks can drop repeats. */
export interface Parcel {
  readonly id: string;
  /** When the event happened, in epoch milliseconds. */
  readonly timeMs: number;
  /** The content that every sink carries: one JSON object, or a text where `about` says so. At most 32 KB. */
  readonly body: string;
  /**
   * Facts that sinks put beside the body where they have a place for them. Absent for an audit record on its way to
   * ESA.
   */
  readonly about?: ParcelFacts;
  /** What the sink noted when it sent the parcel and could not say yet whether it has it; see `receiptOf`. */
  readonly receipt?: string;
}

/** Facts about a parcel that SIEMs index by. */
export interface ParcelFacts {
  readonly tenantId: string;
  /** Event name, such as `USER_LOGIN`. */
  readonly event: string;
  readonly severity: 'notice' | 'warning';
  readonly sequence: number;
  readonly content: 'json' | 'text';
  /** Texts were cut, and `truncated` marks it in the body. */
  readonly isCut?: true;
}

/**
 * The outcome for one parcel, by each sink's own table of replies.
 *
 * - `delivered`: the sink has the parcel, or the beginning of it (`isCut`), which is marked as such
 * - `retry`: the same call may succeed later (throttling, 5xx, network)
 * - `config`: no call succeeds before a setting is changed (credentials, a missing index)
 * - `data`: the sink refuses this parcel
 * - `split`: the sink refused something of the call and does not say which parcel; smaller calls show it: its halves, or
 *   each parcel by itself (`isSingle`)
 */
export type Verdict =
  | { readonly kind: 'delivered'; readonly isCut?: boolean }
  | { readonly kind: 'config' | 'data'; readonly reason: string }
  | { readonly kind: 'split'; readonly reason: string; readonly isSingle?: true }
  /** `afterMs`: how long the sink asks to wait (Retry-After). */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number };

export interface DeliverySink {
  /** Shown in metrics and dead letters: letters, digits and hyphens. */
  readonly name: string;
  /** Limits of one call. */
  readonly maxParcels: number;
  readonly maxBytes: number;
  /**
   * Makes one call to the service, with a time-out of its own. Resolves to a verdict per parcel, in their order. Never
   * rejects. A reason names a status or a code and never quotes a reply, which may hold what was sent. The caller
   * may not hear the verdicts after `untilMs`, in epoch milliseconds: a sink with receipts asks nothing that is answered
   * later, and returns as soon as it has sent.
   */
  deliver(parcels: readonly Parcel[], untilMs?: number): Promise<readonly Verdict[]>;
  /**
   * Returns what this sink must know to ask for a parcel that it sent and that is not acknowledged, in any process:
   * stored with the parcel, and given back as its `receipt`.
   */
  receiptOf?(id: string): string | undefined;
}

export interface StoredObject {
  readonly body: Buffer;
  /** Changes with every change of the object. */
  readonly tag: string;
}

/** What a `put` must replace: the object with this tag, or none. @default anything */
export type Expected = { readonly tag: string } | 'absent';

/** Small objects by key. A method that fails rejects with `StoreError` `STORE_UNAVAILABLE` in bounded time. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Resolves to the object's tag once it is durable. Rejects with `STORE_CONFLICT` when it would replace another
   * object.
   */
  put(key: string, body: Uint8Array, expected?: Expected): Promise<string>;
  /** Removes the object, if there is one. */
  remove(key: string): Promise<void>;
}

/** A store that lists its keys. */
export interface ListableStore extends ObjectStore {
  /** Returns the keys that begin with `prefix`, in ascending order. */
  list(prefix: string): AsyncIterable<string>;
  /**
   * Returns the names between `prefix`, which ends with a slash, and the next slash of the keys: each once, in any
   * order.
   */
  folders(prefix: string): AsyncIterable<string>;
}

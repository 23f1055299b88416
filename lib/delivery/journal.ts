// What the forwarder of one shard has taken and not yet delivered: the outbox pattern, in one object with
// compare-and-set.
import { ProtectorError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { StoreError } from './errors.ts';
import { isParcel } from './parcel.ts';
import type { Expected, ObjectStore, Parcel } from './ports.ts';

/** `known`: what the caller needs to recognise what it has seen before. */
export interface JournalEntry<Known extends object> {
  readonly known: Known;
  /** Parcels that are taken and perhaps not delivered. */
  readonly outbox: readonly Parcel[];
}

/**
 * The journal of one shard. Taking records and putting them into the outbox is one write, so that a process that dies
 * at any point neither forgets what it took nor takes it again. It has one writer: Lambda runs one batch of a shard at
 * a time, and the store refuses a second writer.
 */
export class Journal<Known extends object> {
  readonly #store: ObjectStore;
  readonly #key: string;
  /** What the next write must replace. */
  #expected: Expected | undefined;

  constructor(store: ObjectStore, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /**
   * Reads the journal from the store each time, since another environment may have had the shard meanwhile. Resolves to
   * undefined when the shard has none yet. Rejects with `StoreError`, or with `JOURNAL_DAMAGED` for an object that
   * `save` did not write.
   */
  async load(): Promise<JournalEntry<Known> | undefined> {
    const object = await this.#store.get(this.#key);
    this.#expected = object === undefined ? 'absent' : { tag: object.tag };
    return object === undefined ? undefined : parse<Known>(object.body);
  }

  /** Resolves once the entry is durable. Rejects with `StoreError`, also when the journal has changed since `load`. */
  async save(entry: JournalEntry<Known>): Promise<void> {
    if (this.#expected === undefined) throw new StoreError('STORE_CONFLICT', 'The journal was not read');
    const tag = await this.#store.put(this.#key, Buffer.from(JSON.stringify(entry)), this.#expected);
    this.#expected = { tag };
  }
}

function parse<Known extends object>(body: Buffer): JournalEntry<Known> {
  try {
    const entry = JSON.parse(body.toString('utf8')) as JournalEntry<Known>;
    if (isObject(entry.known) && Array.isArray(entry.outbox) && entry.outbox.every(isParcel)) return entry;
  } catch {
    // falls through to the error below
  }
  throw new ProtectorError('JOURNAL_DAMAGED', 'The journal of the forwarder is not one that it wrote');
}

// What one shard's forwarder has taken and not yet handed on: the outbox pattern, in one object with compare-and-set.
import { ProtectorError } from '../base/errors.ts';
import { StoreError } from './errors.ts';
import type { Expected, ObjectStore, Parcel } from './ports.ts';

/** `known` is whatever the taker needs to tell that it has seen something before. */
export interface JournalEntry<Known> {
  readonly known: Known;
  /** Taken and perhaps not delivered. */
  readonly outbox: readonly Parcel[];
}

/**
 * The journal of one shard. Taking something and putting it into the outbox is one write, so that a process that dies at any
 * point neither forgets what it took nor takes it again. One writer at a time: Lambda runs one batch of a shard at once, and
 * a second writer is refused.
 */
export class Journal<Known> {
  readonly #store: ObjectStore;
  readonly #key: string;
  /** What the next write expects to find. */
  #expected: Expected | undefined;

  constructor(store: ObjectStore, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /**
   * Reads the store every time: another environment may have had the shard meanwhile. Undefined when the shard has no journal
   * yet. Rejects with `StoreError`, or `JOURNAL_DAMAGED` for an object that is none.
   */
  async load(): Promise<JournalEntry<Known> | undefined> {
    const object = await this.#store.get(this.#key);
    this.#expected = object === undefined ? 'absent' : { tag: object.tag };
    return object === undefined ? undefined : parse<Known>(object.body);
  }

  /** Resolves once the entry is durable. Rejects with `StoreError`, also when the journal is not as it was read. */
  async save(entry: JournalEntry<Known>): Promise<void> {
    if (this.#expected === undefined) throw new StoreError('STORE_CONFLICT', 'The journal was not read');
    const tag = await this.#store.put(this.#key, Buffer.from(JSON.stringify(entry)), this.#expected);
    this.#expected = { tag };
  }
}

function parse<Known>(body: Buffer): JournalEntry<Known> {
  try {
    const entry = JSON.parse(body.toString('utf8')) as JournalEntry<Known>;
    if (entry.known !== undefined && Array.isArray(entry.outbox)) return entry;
  } catch {
    // said below
  }
  throw new ProtectorError('JOURNAL_DAMAGED', 'The journal of the forwarder is not one that it wrote');
}

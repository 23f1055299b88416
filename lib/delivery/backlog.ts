// Parcels that wait for sinks that fail: a folder per lane, an object per batch, in the order of the stream.
import { attempt } from '../base/attempt.ts';
import { ProtectorError } from '../base/errors.ts';
import { idDigest } from '../base/id-digest.ts';
import { membersOf } from '../base/json.ts';
import { isConflict } from './errors.ts';
import { isParcel } from './parcel.ts';
import type { Expected, ListableStore, Parcel } from './ports.ts';

/** A parcel and its place in its stream. */
export interface Placed {
  /** Has a fixed length per stream and sorts as the stream does. */
  readonly position: string;
  readonly parcel: Parcel;
}

/** One object of a backlog. */
export interface Parked {
  readonly key: string;
  readonly tag: string;
  /** When its parcels began to wait, in epoch milliseconds. */
  readonly parkedMs: number;
  readonly parcels: readonly Parcel[];
}

/** The size of a lane's backlog. */
export interface LaneSize {
  readonly firstKey: string | undefined;
  /** An upper bound: some of the first objects may be delivered already. */
  readonly parcels: number;
  /** Whether the lane is marked as slow. */
  readonly isSlow: boolean;
}

/** The object that marks a slow lane: one without parcels. Its name sorts behind every position. */
const SLOW_MARK = 'slow.0';

export class Backlog {
  readonly #store: ListableStore;
  readonly #prefix: string;
  readonly #asidePrefix: string;
  readonly #damaged: string[] = [];

  /** Both prefixes end with a slash: of the backlogs, and of damaged objects. */
  constructor(store: ListableStore, prefix: string, asidePrefix: string) {
    this.#store = store;
    this.#prefix = prefix;
    this.#asidePrefix = asidePrefix;
  }

  /** The keys of damaged objects that `take` has put aside. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  /** Returns the lanes that batches must not call: those that have a backlog, and those marked as slow. */
  async lanes(): Promise<ReadonlySet<string>> {
    const lanes = new Set<string>();
    for await (const lane of this.#store.folders(this.#prefix)) lanes.add(lane);
    return lanes;
  }

  /**
   * Resolves to the key of the object once the parcels, given in the order of their stream, are durable; to undefined
   * for no parcels. The same parcels make the same object. One that is there already stays: it may have receipts, and
   * lack what was delivered.
   */
  async park(lane: string, placed: readonly Placed[], parkedMs: number): Promise<string | undefined> {
    const [first] = placed;
    if (first === undefined) return undefined;
    const parcels = placed.map(({ parcel }) => parcel);
    const key = `${this.#folder(lane)}${first.position}-${idDigest(parcels)}.${parcels.length}`;
    await this.#park(key, parkedMs, parcels);
    return key;
  }

  async #park(key: string, parkedMs: number, parcels: readonly Parcel[]): Promise<void> {
    try {
      await this.#put(key, parkedMs, parcels, 'absent');
    } catch (error) {
      if (!isConflict(error)) throw error;
      if ((await this.take(key)) === undefined) await this.#put(key, parkedMs, parcels);
    }
  }

  /** Marks a lane as slow: `lanes` returns it, however empty its backlog is. */
  async markSlow(lane: string, nowMs: number): Promise<void> {
    await this.#put(this.#folder(lane) + SLOW_MARK, nowMs, []);
  }

  async unmarkSlow(lane: string): Promise<void> {
    await this.#store.remove(this.#folder(lane) + SLOW_MARK);
  }

  /** Returns the keys of a lane in the order of the stream. */
  async *keys(lane: string): AsyncGenerator<string> {
    for await (const key of this.#store.list(this.#folder(lane))) if (!isMark(key)) yield key;
  }

  async size(lane: string): Promise<LaneSize> {
    let firstKey: string | undefined;
    let parcels = 0;
    let isSlow = false;
    for await (const key of this.#store.list(this.#folder(lane))) {
      if (isMark(key)) isSlow = true;
      else firstKey ??= key;
      parcels += Number(key.slice(key.lastIndexOf('.') + 1));
    }
    return { firstKey, parcels, isSlow };
  }

  /**
   * Resolves to undefined when the object is gone. Rejects with `BACKLOG_DAMAGED` for an object that `park` did not
   * write.
   */
  async read(key: string): Promise<Parked | undefined> {
    const object = await this.#store.get(key);
    if (object === undefined) return undefined;
    const content = parse(object.body);
    if (content !== undefined) return { key, tag: object.tag, ...content };
    throw new ProtectorError('BACKLOG_DAMAGED', 'An object of a backlog is not one that the forwarder wrote');
  }

  /**
   * Reads an object to deliver it. Puts a damaged one aside, byte for byte, so that it stops no other, and resolves to
   * undefined for it, as for one that is gone.
   */
  async take(key: string): Promise<Parked | undefined> {
    const object = await this.#store.get(key);
    if (object === undefined) return undefined;
    const content = parse(object.body);
    if (content !== undefined) return { key, tag: object.tag, ...content };
    await this.#store.put(this.#asidePrefix + key, object.body);
    await this.#store.remove(key);
    this.#damaged.push(key);
    return undefined;
  }

  /** Reduces an object to `parcels`. Rejects with `STORE_CONFLICT` when another writer has changed or removed it. */
  async keepOnly({ key, tag, parkedMs }: Parked, parcels: readonly Parcel[]): Promise<void> {
    await this.#put(key, parkedMs, parcels, { tag });
  }

  async remove({ key }: Pick<Parked, 'key'>): Promise<void> {
    await this.#store.remove(key);
  }

  async #put(key: string, parkedMs: number, parcels: readonly Parcel[], expected?: Expected): Promise<void> {
    await this.#store.put(key, Buffer.from(JSON.stringify({ parkedMs, parcels })), expected);
  }

  #folder(lane: string): string {
    return `${this.#prefix}${lane}/`;
  }
}

function isMark(key: string): boolean {
  return key.endsWith(`/${SLOW_MARK}`);
}

/** Returns undefined for the bytes of an object that `park` did not write. */
function parse(body: Buffer): Pick<Parked, 'parkedMs' | 'parcels'> | undefined {
  const parsed = attempt(() => JSON.parse(body.toString('utf8')) as unknown);
  const { parkedMs, parcels } = membersOf(parsed.ok ? parsed.value : undefined);
  if (typeof parkedMs !== 'number' || !Array.isArray(parcels)) return undefined;
  return parcels.every(isParcel) ? { parkedMs, parcels } : undefined;
}

// What waits for the sinks that do not work: a folder per lane, an object per occasion, in the order of the stream.
import { ProtectorError } from '../base/errors.ts';
import { idDigest } from '../base/id-digest.ts';
import type { Expected, ListableStore, Parcel } from './ports.ts';

/** A parcel and its place in its stream. */
export interface Placed {
  /** Of a fixed length per stream, and sorted as the stream is. */
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

/** How much waits in a lane. */
export interface LaneSize {
  readonly firstKey: string | undefined;
  /** At most: of the first objects some may have been delivered already. */
  readonly parcels: number;
}

export class Backlog {
  readonly #store: ListableStore;
  readonly #prefix: string;

  /** `prefix` ends with a slash. */
  constructor(store: ListableStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** The lanes in which something waits. */
  async lanes(): Promise<ReadonlySet<string>> {
    const lanes = new Set<string>();
    for await (const lane of this.#store.folders(this.#prefix)) lanes.add(lane);
    return lanes;
  }

  /** Resolves once the parcels, which are in the order of their stream, are durable. The same again is the same object. */
  async park(lane: string, placed: readonly Placed[], parkedMs: number): Promise<void> {
    const [first] = placed;
    if (first === undefined) return;
    const parcels = placed.map(({ parcel }) => parcel);
    const name = `${first.position}-${idDigest(parcels)}.${parcels.length}`;
    await this.#put(this.#folder(lane) + name, parkedMs, parcels);
  }

  /** The keys of a lane, what came first first. */
  keys(lane: string): AsyncIterable<string> {
    return this.#store.list(this.#folder(lane));
  }

  async size(lane: string): Promise<LaneSize> {
    let firstKey: string | undefined;
    let parcels = 0;
    for await (const key of this.keys(lane)) {
      firstKey ??= key;
      parcels += Number(key.slice(key.lastIndexOf('.') + 1));
    }
    return { firstKey, parcels };
  }

  /** Undefined when it is gone. Rejects with `BACKLOG_DAMAGED` for an object that `park` did not write. */
  async read(key: string): Promise<Parked | undefined> {
    const object = await this.#store.get(key);
    if (object === undefined) return undefined;
    return { key, tag: object.tag, ...parse(object.body) };
  }

  /** Leaves only `parcels` of an object. Rejects with `STORE_CONFLICT` when somebody else has changed or removed it. */
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

function parse(body: Buffer): Pick<Parked, 'parkedMs' | 'parcels'> {
  try {
    const { parkedMs, parcels } = JSON.parse(body.toString('utf8')) as Pick<Parked, 'parkedMs' | 'parcels'>;
    if (typeof parkedMs === 'number' && Array.isArray(parcels)) return { parkedMs, parcels };
  } catch {
    // said below
  }
  throw new ProtectorError('BACKLOG_DAMAGED', 'An object of a backlog is not one that the forwarder wrote');
}

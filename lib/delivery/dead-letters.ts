// Parcels that could not be delivered, kept until an operator redrives them: JSON lines, one object per batch and sink.
import { idDigest } from '../base/id-digest.ts';
import type { Undelivered } from './deliver.ts';
import { isParcel } from './parcel.ts';
import type { ListableStore } from './ports.ts';

export interface DeadLetter extends Undelivered {
  readonly sink: string;
  /** When delivery was given up, in epoch milliseconds. */
  readonly timeMs: number;
}

/** The letters of one object. */
export interface DeadLetterBundle {
  readonly key: string;
  /** Undefined when `keep` did not write the object. */
  readonly letters: readonly DeadLetter[] | undefined;
}

export class DeadLetters {
  readonly #store: ListableStore;
  readonly #prefix: string;

  /** `prefix` ends with a slash. */
  constructor(store: ListableStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /**
   * Resolves once the letters are durable. The same parcels of the same sink replace one another. Rejects with
   * `StoreError`.
   */
  async keep(sink: string, undelivered: readonly Undelivered[], timeMs: number): Promise<void> {
    if (undelivered.length === 0) return;
    const lines = undelivered.map((one) => `${JSON.stringify({ ...one, sink, timeMs } satisfies DeadLetter)}\n`);
    await this.#store.put(this.#keyOf(sink, undelivered), Buffer.from(lines.join('')));
  }

  /** Returns the lanes, or sinks, that have dead letters. */
  async lanes(): Promise<ReadonlySet<string>> {
    const lanes = new Set<string>();
    for await (const lane of this.#store.folders(this.#prefix)) lanes.add(lane);
    return lanes;
  }

  /** Returns the letters of `sink`, oldest first. */
  async *of(sink: string): AsyncGenerator<DeadLetterBundle> {
    for await (const key of this.#store.list(`${this.#prefix}${sink}/`)) {
      const object = await this.#store.get(key);
      if (object !== undefined) yield { key, letters: lettersOf(object.body.toString('utf8')) };
    }
  }

  async remove(key: string): Promise<void> {
    await this.#store.remove(key);
  }

  /**
   * Keys hold the time of the earliest parcel, so that they sort by age, and a digest of all ids, so that they are
   * unique.
   */
  #keyOf(sink: string, undelivered: readonly Undelivered[]): string {
    const parcels = undelivered.map(({ parcel }) => parcel);
    const first = parcels.reduce((least, { timeMs }) => Math.min(least, timeMs), Number.MAX_SAFE_INTEGER);
    return `${this.#prefix}${sink}/${String(first).padStart(16, '0')}-${idDigest(parcels)}.jsonl`;
  }
}

function lettersOf(text: string): readonly DeadLetter[] | undefined {
  try {
    const letters = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as DeadLetter);
    return letters.every(({ parcel }) => isParcel(parcel)) ? letters : undefined;
  } catch {
    return undefined;
  }
}

import { StoreError } from '../../lib/delivery/errors.ts';
import type { Expected, ListableStore, StoredObject } from '../../lib/delivery/ports.ts';

/** Whether an operation of the store fails, before or after its work. */
export type StoreTrouble = 'none' | 'before' | 'after';

/** A store in memory. `trouble` decides about each operation. */
export class MemoryStore implements ListableStore {
  readonly objects = new Map<string, StoredObject>();
  trouble: () => StoreTrouble = () => 'none';
  #version = 0;

  get(key: string): Promise<StoredObject | undefined> {
    return this.#do(() => this.objects.get(key));
  }

  put(key: string, body: Uint8Array, expected?: Expected): Promise<string> {
    return this.#do(() => {
      const tag = this.objects.get(key)?.tag;
      if (expected === 'absent' ? tag !== undefined : expected !== undefined && tag !== expected.tag) {
        throw new StoreError('STORE_CONFLICT', 'another writer');
      }
      this.#version += 1;
      this.objects.set(key, { body: Buffer.from(body), tag: String(this.#version) });
      return String(this.#version);
    });
  }

  remove(key: string): Promise<void> {
    return this.#do(() => void this.objects.delete(key));
  }

  async *list(prefix: string): AsyncGenerator<string> {
    yield* await this.#do(() => [...this.objects.keys()].filter((key) => key.startsWith(prefix)).toSorted());
  }

  async *folders(prefix: string): AsyncGenerator<string> {
    const keys = await this.#do(() => [...this.objects.keys()].filter((key) => key.startsWith(prefix)));
    const below = keys.map((key) => key.slice(prefix.length)).filter((rest) => rest.includes('/'));
    yield* new Set(below.map((rest) => rest.slice(0, rest.indexOf('/'))));
  }

  async #do<Result>(work: () => Result): Promise<Result> {
    await Promise.resolve();
    const trouble = this.trouble();
    if (trouble === 'before') throw new StoreError('STORE_UNAVAILABLE', 'before');
    const result = work();
    if (trouble === 'after') throw new StoreError('STORE_UNAVAILABLE', 'after');
    return result;
  }
}

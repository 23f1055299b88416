// The documents about the works of one job: what each has come to, and what was done of each range.
import { isStoreConflict } from '../../base/errors.ts';
import { FilesError, ObjectError } from '../errors.ts';
import type { WorkStore } from '../ports.ts';
import {
  bytesOf,
  parseRange,
  parseState,
  placeOfRange,
  placeOfRejects,
  placeOfState,
  type RangeFacts,
  type WorkState,
} from './state.ts';

/** The state of a work as it was read or written. */
export interface Held {
  readonly state: WorkState;
  /** Of the document. */
  readonly tag: string;
}

export class WorkDocuments {
  readonly #store: WorkStore;
  readonly #job: string;

  /** `job`: its name. */
  constructor(store: WorkStore, job: string) {
    this.#store = store;
    this.#job = job;
  }

  /** Resolves to undefined for a work that has not begun. */
  async find(id: string): Promise<Held | undefined> {
    const stored = await this.#store.get(placeOfState(this.#job, id));
    return stored === undefined ? undefined : { state: parseState(stored.body), tag: stored.tag };
  }

  /** Rejects with `FilesError` `FILES_STATE` for a work that has not begun. */
  async read(id: string): Promise<Held> {
    const held = await this.find(id);
    if (held === undefined) {
      throw new FilesError('FILES_STATE', 'the work on the object has not begun, or another content is meant');
    }
    return held;
  }

  /** Makes the first document of a work. Rejects with `FILES_OVERTAKEN` where there is one. */
  begin(id: string, state: WorkState): Promise<Held> {
    return this.#write(id, state, 'absent');
  }

  /** Replaces what is held. Rejects with `FILES_OVERTAKEN` where another attempt has. */
  step(id: string, held: Held, change: Partial<WorkState>): Promise<Held> {
    return this.#write(id, { ...held.state, ...change }, { tag: held.tag });
  }

  /** Resolves to undefined for a range that is not done. */
  async findRange(id: string, { generation }: WorkState, index: number): Promise<RangeFacts | undefined> {
    const stored = await this.#store.get(placeOfRange(this.#job, id, generation, index));
    return stored === undefined ? undefined : parseRange(stored.body);
  }

  async writeRange(id: string, { generation }: WorkState, index: number, facts: RangeFacts): Promise<void> {
    await this.#store.put(placeOfRange(this.#job, id, generation, index), bytesOf(facts));
  }

  async writeRejects(id: string, list: Uint8Array): Promise<void> {
    await this.#store.put(placeOfRejects(this.#job, id), list);
  }

  async #write(id: string, state: WorkState, expected: { readonly tag: string } | 'absent'): Promise<Held> {
    try {
      return { state, tag: await this.#store.put(placeOfState(this.#job, id), bytesOf(state), expected) };
    } catch (error) {
      if (!isStoreConflict(error)) throw error;
      throw new ObjectError(
        'FILES_OVERTAKEN',
        'Another attempt at the same object took the step: a retry goes on from there',
      );
    }
  }
}

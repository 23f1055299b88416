// What is known of each lane besides its backlog, in one object with compare-and-set: its trouble, and who drains it.
import type { Circuit } from './circuit.ts';
import { StoreError } from './errors.ts';
import type { ObjectStore } from './ports.ts';

export interface LaneState {
  readonly circuit?: Circuit | undefined;
  readonly claim?: Claim | undefined;
}

/** Somebody drains the lane. The claim of a drainer that died ends by itself. */
export interface Claim {
  readonly by: string;
  readonly untilMs: number;
}

/** Somebody else writes at the same time so often only when something is wrong. */
const ATTEMPTS = 8;

/** None of this decides what is delivered: a state that is lost costs a call to a sink that does not work. */
export class LaneStates {
  readonly #store: ObjectStore;
  readonly #prefix: string;

  /** `prefix` ends with a slash. */
  constructor(store: ObjectStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  async read(lane: string): Promise<LaneState> {
    return parse((await this.#store.get(this.#keyOf(lane)))?.body);
  }

  /**
   * Writes what `change` makes of the state, or nothing when it gives undefined; of what is there then, if somebody else wrote
   * meanwhile. Resolves to whether it was written.
   */
  async update(lane: string, change: (state: LaneState) => LaneState | undefined): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const object = await this.#store.get(this.#keyOf(lane));
      const next = change(parse(object?.body));
      if (next === undefined) return false;
      const expected = object === undefined ? 'absent' : { tag: object.tag };
      try {
        await this.#store.put(this.#keyOf(lane), Buffer.from(JSON.stringify(next)), expected);
        return true;
      } catch (error) {
        if (!(error instanceof StoreError && error.code === 'STORE_CONFLICT') || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Whether the lane is now `by`'s. */
  async claim(lane: string, { by, untilMs }: Claim, nowMs: number): Promise<boolean> {
    return this.update(lane, (state) => {
      const { claim } = state;
      const isFree = claim === undefined || claim.by === by || claim.untilMs <= nowMs;
      return isFree ? { ...state, claim: { by, untilMs } } : undefined;
    });
  }

  /** Gives the lane back with what is known of it now, if it still is `by`'s. */
  async release(lane: string, by: string, circuit: Circuit | undefined): Promise<void> {
    await this.update(lane, ({ claim }) => (claim?.by === by ? { circuit } : undefined));
  }

  #keyOf(lane: string): string {
    return `${this.#prefix}${lane}.json`;
  }
}

function parse(body: Buffer | undefined): LaneState {
  try {
    return JSON.parse(body?.toString('utf8') ?? '{}') as LaneState;
  } catch {
    return {};
  }
}

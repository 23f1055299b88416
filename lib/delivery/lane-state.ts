// The state of each lane besides its backlog, in one object with compare-and-set: its failure, and which drainer holds
// it.
import { membersOf } from '../base/json.ts';
import type { Circuit } from './circuit.ts';
import { StoreError } from './errors.ts';
import type { ObjectStore } from './ports.ts';

export interface LaneState {
  readonly circuit?: Circuit | undefined;
  readonly claim?: Claim | undefined;
}

/** The drainer that holds a lane. The claim of a drainer that died expires. */
export interface Claim {
  readonly by: string;
  readonly untilMs: number;
}

/** More conflicts in a row than this mean that something is wrong. */
const ATTEMPTS = 8;

/** States do not decide what is delivered: a lost one costs a call to a sink that fails. */
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
   * Writes what `change` returns for the current state, or nothing when it returns undefined. Calls `change` again when
   * another writer was faster. Resolves to whether it wrote.
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

  /** Claims the lane, and resolves to whether `by` holds it now. */
  async claim(lane: string, { by, untilMs }: Claim, nowMs: number): Promise<boolean> {
    return this.update(lane, (state) => {
      const { claim } = state;
      const isFree = claim === undefined || claim.by === by || claim.untilMs <= nowMs;
      return isFree ? { ...state, claim: { by, untilMs } } : undefined;
    });
  }

  /** Releases the lane with its new circuit, if `by` still holds it. */
  async release(lane: string, by: string, circuit: Circuit | undefined): Promise<void> {
    await this.update(lane, ({ claim }) => (claim?.by === by ? { circuit } : undefined));
  }

  #keyOf(lane: string): string {
    return `${this.#prefix}${lane}.json`;
  }
}

function parse(body: Buffer | undefined): LaneState {
  try {
    const { circuit, claim } = membersOf(JSON.parse(body?.toString('utf8') ?? '{}'));
    return { ...(isCircuit(circuit) && { circuit }), ...(isClaim(claim) && { claim }) };
  } catch {
    return {};
  }
}

function isCircuit(value: unknown): value is Circuit {
  const { failures, kind, reason, waitingSinceMs, nextTryMs } = membersOf(value);
  const isKind = kind === 'retry' || kind === 'config';
  return isKind && typeof reason === 'string' && [failures, waitingSinceMs, nextTryMs].every(Number.isFinite);
}

function isClaim(value: unknown): value is Claim {
  const { by, untilMs } = membersOf(value);
  return typeof by === 'string' && Number.isFinite(untilMs);
}

// The state of each lane besides its backlog, in one object with compare-and-set: its failure, its speed, and who holds
// it.
import { membersOf } from '../base/json.ts';
import type { Circuit } from './circuit.ts';
import { isConflict } from './errors.ts';
import type { ObjectStore } from './ports.ts';
import type { Slow } from './slow.ts';

export interface LaneState {
  readonly circuit?: Circuit | undefined;
  readonly slow?: Slow | undefined;
  readonly claim?: Claim | undefined;
}

/** The drainer that holds a lane, or the batch whose call to it is open. The claim of one that died expires. */
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
        if (!isConflict(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Claims the lane, and resolves to whether `by` holds it now. */
  async claim(lane: string, claim: Claim, nowMs: number): Promise<boolean> {
    return this.update(lane, (state) => (isFree(state, claim.by, nowMs) ? { ...state, claim } : undefined));
  }

  /** Releases the lane with what `change` makes of its state, if `by` still holds it. */
  async release(lane: string, by: string, change: (state: LaneState) => Omit<LaneState, 'claim'>): Promise<void> {
    await this.update(lane, ({ claim, ...state }) => (claim?.by === by ? change(state) : undefined));
  }

  #keyOf(lane: string): string {
    return `${this.#prefix}${lane}.json`;
  }
}

/** Says whether `by` may claim the lane. */
export function isFree({ claim }: LaneState, by: string, nowMs: number): boolean {
  return claim === undefined || claim.by === by || claim.untilMs <= nowMs;
}

function parse(body: Buffer | undefined): LaneState {
  try {
    const { circuit, slow, claim } = membersOf(JSON.parse(body?.toString('utf8') ?? '{}'));
    return { ...(isCircuit(circuit) && { circuit }), ...(isSlow(slow) && { slow }), ...(isClaim(claim) && { claim }) };
  } catch {
    return {};
  }
}

function isCircuit(value: unknown): value is Circuit {
  const { failures, kind, reason, waitingSinceMs, nextTryMs } = membersOf(value);
  const isKind = kind === 'retry' || kind === 'config';
  return isKind && typeof reason === 'string' && [failures, waitingSinceMs, nextTryMs].every(Number.isFinite);
}

function isSlow(value: unknown): value is Slow {
  const { times, untilMs } = membersOf(value);
  return [times, untilMs].every(Number.isFinite);
}

function isClaim(value: unknown): value is Claim {
  const { by, untilMs } = membersOf(value);
  return typeof by === 'string' && Number.isFinite(untilMs);
}

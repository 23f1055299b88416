// Budgets: how many values a user may see a day, counted for all environments of a deployment.
//
// An object per user and day holds how many values are spent or leased. An environment takes a lease by replacing the object
// on the condition that it is what was read; it spends its lease in memory. So the sum of what environments have spent is
// never above the object, and the object never above the limit. What an environment that is killed had leased is lost.

import { createHash } from 'node:crypto';
import { isStoreConflict } from '../base/errors.ts';
import { instantText } from '../policy/term.ts';
import type { BudgetStore } from './ports.ts';
import { RefusedError } from './refusal.ts';

/** Values that a user is to see. */
export interface Claim {
  readonly dataStore: string;
  readonly user: string;
  /** Values that the policy lets the user see a day. */
  readonly limit: number;
  readonly count: number;
  /** When the request is decided, in epoch milliseconds: its day counts. */
  readonly nowMs: number;
}

export interface Budgets {
  /** Resolves once the values are counted. Rejects with `RefusedError` `BUDGET_SPENT` or `BUDGET_UNAVAILABLE`. */
  take(claim: Claim): Promise<void>;
  /** Takes values back that were counted and not shown. */
  giveBack(claim: Claim): void;
}

/** The clock, timer and random source that a caller gives. */
interface BudgetPace {
  /** Milliseconds, of a clock that only goes forward. */
  readonly elapsedMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

export interface LeasedBudgetsOptions extends BudgetPace {
  readonly store: BudgetStore;
  /** How long a request waits for other environments that change the same count. @default 3,000 ms */
  readonly patienceMs?: number;
}

/** The part of what is left for the day that a lease takes beyond its request: one in so many. */
const SHARE = 64;
/** A lease takes so many times its request beyond it, at most. */
const AHEAD = 4;
const PATIENCE_MS = 3_000;
const LONGEST_WAIT_MS = 400;

/** What an environment may still spend of a count. */
interface Lease {
  readonly day: string;
  readonly key: string;
  left: number;
  /** The count as this environment wrote it last: every value of the lease is within it. */
  taken: number;
  /** Tag of the object with that count, if no other is known to have replaced it. */
  tag: string | undefined;
  /** Requests of one user take turns. */
  turn: Promise<unknown>;
}

/** Counts in a store that environments share. */
export class LeasedBudgets implements Budgets {
  readonly #options: LeasedBudgetsOptions;
  readonly #leases = new Map<string, Lease>();

  constructor(options: LeasedBudgetsOptions) {
    this.#options = options;
  }

  take(claim: Claim): Promise<void> {
    const lease = this.#leaseOf(claim);
    const turn = lease.turn.then(() => this.#take(lease, claim));
    lease.turn = turn.catch(() => {}); // the next request begins whatever became of this one
    return turn;
  }

  giveBack(claim: Claim): void {
    this.#leaseOf(claim).left += claim.count;
  }

  /**
   * Returns what is leased and not spent to the counts, before the environment ends. Each count is written once and never
   * again: where a reply is lost, a second write could return the lease twice. Never rejects.
   */
  async close(): Promise<void> {
    const leases = [...this.#leases.values()];
    this.#leases.clear();
    await Promise.allSettled(
      leases.map(async (lease) => {
        await lease.turn;
        const { key, left } = lease;
        const found = left === 0 ? undefined : await this.#options.store.get(key);
        if (found !== undefined) await this.#write(key, readCount(found.body) - left, { tag: found.tag });
      }),
    );
  }

  #leaseOf({ dataStore, user, nowMs }: Claim): Lease {
    const day = new Date(nowMs).toISOString().slice(0, 10);
    const key = `${day}/${createHash('sha256')
      .update(JSON.stringify([dataStore, user]))
      .digest('hex')}.json`;
    let lease = this.#leases.get(key);
    if (lease === undefined) {
      for (const [old, { day: before }] of this.#leases) if (before < day) this.#leases.delete(old);
      lease = { day, key, left: 0, taken: 0, tag: undefined, turn: Promise.resolve() };
      this.#leases.set(key, lease);
    }
    return lease;
  }

  async #take(lease: Lease, claim: Claim): Promise<void> {
    const { count, limit } = claim;
    const untilMs = this.#options.elapsedMs() + (this.#options.patienceMs ?? PATIENCE_MS);
    for (let attempt = 0; ; attempt++) {
      // A lease of before a lower limit may lie beyond it.
      if (lease.left >= count && lease.taken <= limit) {
        lease.left -= count;
        return;
      }
      // oxlint-disable-next-line no-await-in-loop -- each attempt reads what the one before met
      const known = await this.#known(lease);
      const own = known.taken <= limit ? lease.left : 0;
      const rest = Math.max(0, limit - known.taken);
      const need = count - own;
      if (need > rest) throw spent(claim, rest + own);
      const chunk = need + Math.min(Math.floor((rest - need) / SHARE), AHEAD * count);
      try {
        // oxlint-disable-next-line no-await-in-loop -- as above
        lease.tag = await this.#write(
          lease.key,
          known.taken + chunk,
          known.tag === undefined ? 'absent' : { tag: known.tag },
        );
        lease.taken = known.taken + chunk;
        lease.left += chunk;
      } catch (error) {
        lease.tag = undefined;
        if (!isStoreConflict(error)) throw unavailable('The count of values cannot be written', error);
        const waitMs = this.#options.random() * Math.min(LONGEST_WAIT_MS, 20 * 2 ** attempt);
        if (this.#options.elapsedMs() + waitMs > untilMs) {
          throw unavailable('Too many requests of the user change the count of values at once', error);
        }
        // oxlint-disable-next-line no-await-in-loop -- as above
        await this.#options.sleep(waitMs);
      }
    }
  }

  async #known({ key, taken, tag }: Lease): Promise<{ readonly taken: number; readonly tag: string | undefined }> {
    if (tag !== undefined) return { taken, tag };
    try {
      const found = await this.#options.store.get(key);
      return found === undefined ? { taken: 0, tag: undefined } : { taken: readCount(found.body), tag: found.tag };
    } catch (error) {
      throw error instanceof RefusedError ? error : unavailable('The count of values cannot be read', error);
    }
  }

  #write(key: string, taken: number, expected: { readonly tag: string } | 'absent'): Promise<string> {
    return this.#options.store.put(key, Buffer.from(`${JSON.stringify({ taken })}\n`), expected);
  }
}

/** Reads a count. Throws `RefusedError` for an object that this product has not written: no value is shown on a guess. */
function readCount(body: Uint8Array): number {
  const [, digits] = /^\{"taken":(\d{1,15})\}\n$/.exec(Buffer.from(body).toString('latin1')) ?? [];
  if (digits === undefined) throw unavailable('The count of values is damaged');
  return Number(digits);
}

function unavailable(why: string, cause?: unknown): RefusedError {
  return new RefusedError('BUDGET_UNAVAILABLE', { detail: why, cause });
}

function spent({ limit, count, nowMs }: Claim, left: number): RefusedError {
  const [all, some, asked] = [limit, left, count].map((number) => number.toLocaleString('en-US'));
  const renewed = instantText(Math.floor(nowMs / DAY_MS + 1) * DAY_MS);
  const detail = `the policy lets the user see ${all} values a day (left: ${some}), and this batch has ${asked}; the count begins again at ${renewed}`;
  return new RefusedError('BUDGET_SPENT', { detail });
}

const DAY_MS = 24 * 60 * 60 * 1000;

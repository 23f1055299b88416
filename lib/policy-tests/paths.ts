// Follows values from element to element, as users may move them by reprotect, until a user sees them.

import { isOldVersion } from '../policy/key-versions.ts';
import { instantText } from '../policy/term.ts';
import type { Access } from './access.ts';
import type { Counterexample, Statement } from './model.ts';
import type { Subject } from './users.ts';
import { whyOf } from './why.ts';

/** How values came to an element. Where they were at first, they came from nowhere. */
interface Step {
  readonly from: string;
  readonly mover: string;
  /** When the values were moved, as a part of the sentence; nothing for the time of the run. */
  readonly when: string;
}

type PathStatement = Statement & { readonly kind: 'path' };

/**
 * Searches for the first path, of the fewest moves, on which one of the viewers sees values. Each move is one that some mover
 * may make alone: movers who work together are assumed. A path of no move counts. Asked at one time after the other, because
 * what was moved stays where it is: a move of today and one of tomorrow are a path, though nobody may ever make both.
 */
export class PathSearch {
  readonly #statement: PathStatement;
  readonly #sinceMs: number | undefined;
  readonly #reached: Map<string, Step | undefined>;

  /** `sinceMs`: the first of several times. Times after it are named. */
  constructor(statement: PathStatement, sinceMs: number | undefined) {
    this.#statement = statement;
    this.#sinceMs = sinceMs;
    this.#reached = new Map(statement.elements.names.map((name) => [name, undefined]));
  }

  /** Returns the path by which a viewer sees values at a time. `isLast`: no later time follows. */
  at(access: Access, isLast: boolean): Counterexample | undefined {
    const { viewers, movers, sight } = this.#statement;
    const watching = viewers.subjectsIn(access);
    const viewerOf = (element: string): Subject | undefined =>
      watching.find(({ of }) => sees(access, of, element, sight));
    // Values are seen nowhere, however they are moved.
    if (isLast && ![...access.elements.keys()].some((element) => viewerOf(element) !== undefined)) return undefined;
    // Elements that are alike today may differ later, so that each of them counts.
    const names = [...access.elements.keys()].filter((name) => !isOldVersion(name));
    const moves = new MoveFinder(access, movers.subjectsIn(access), isLast ? access.distinct(names) : names);
    const isLater = this.#sinceMs !== undefined && access.nowMs !== this.#sinceMs;
    const when = isLater ? `at ${instantText(access.nowMs)} ` : '';
    // The loop also visits the elements that it adds.
    for (const element of this.#reached.keys()) {
      const viewer = viewerOf(element);
      if (viewer !== undefined) return this.#pathTo(access, element, viewer, when);
      moves.eachFrom(element, (target, mover) => {
        if (!this.#reached.has(target)) this.#reached.set(target, { from: element, mover, when });
      });
    }
    return undefined;
  }

  #pathTo(access: Access, end: string, { user }: Subject, when: string): Counterexample {
    const moves: string[] = [];
    let at = end;
    for (let step = this.#reached.get(at); step !== undefined; step = this.#reached.get(at)) {
      moves.unshift(`${step.when}${step.mover} may reprotect ${step.from} to ${at}`);
      at = step.from;
    }
    const seen = this.#statement.sight === 'clear' ? `see ${end} in clear` : `see anything of ${end}`;
    return {
      says: [...moves, `${when}${user} may ${seen}`].join(', '),
      because: whyOf(access, user, { operation: 'Unprotect', element: end }),
    };
  }
}

function sees(access: Access, users: Subject['of'], element: string, sight: 'clear' | 'anything'): boolean {
  const { unprotect } = access.cell(users, element);
  if (unprotect.kind === 'mask') return sight === 'anything';
  return unprotect.kind === 'allow' && (sight === 'anything' || unprotect.mask === undefined);
}

/** Movers with equal grants for an element. */
interface Holders {
  /** Their places among all movers. */
  readonly places: number[];
  /** A bit for each mover. */
  readonly bits: Uint32Array;
}

/**
 * Finds the moves that some user may make. Whether a user may depends on the user's grants for both elements, so each pair of
 * their profiles is decided once, and then asked for a user who has both. Each target is found once.
 */
class MoveFinder {
  readonly #access: Access;
  readonly #movers: readonly Subject[];
  /** Profile → the elements, not found yet, for which some movers have it. */
  readonly #targets = new Map<number, Map<string, Holders>>();

  constructor(access: Access, movers: readonly Subject[], targets: readonly string[]) {
    this.#access = access;
    this.#movers = movers;
    for (const element of targets) {
      for (const [profile, holders] of this.#holdersOf(element)) {
        const elements = this.#targets.get(profile);
        if (elements === undefined) this.#targets.set(profile, new Map([[element, holders]]));
        else elements.set(element, holders);
      }
    }
  }

  /** Calls `found` with each element to which some user may move values from this one, and with that user. */
  eachFrom(from: string, found: (target: string, mover: string) => void): void {
    for (const [profile, holders] of this.#holdersOf(from)) {
      for (const [targetProfile, targets] of this.#targets) {
        for (const [target, others] of targets) {
          if (this.#access.knownMove(profile, targetProfile) === false) break;
          const mover = this.#common(holders, others);
          if (mover === undefined || !this.#access.mayMove(mover.of, from, target)) continue;
          found(target, mover.user);
          targets.delete(target);
        }
      }
    }
  }

  #common(a: Holders, b: Holders): Subject | undefined {
    const [few, many] = a.places.length <= b.places.length ? [a, b] : [b, a];
    const place = few.places.find((each) => (many.bits[each >>> 5]! & (1 << (each & 31))) !== 0);
    return place === undefined ? undefined : this.#movers[place];
  }

  /** Returns the movers who may reprotect an element, by their profiles. */
  #holdersOf(element: string): ReadonlyMap<number, Holders> {
    const found = new Map<number, Holders>();
    for (const [place, { of }] of this.#movers.entries()) {
      if (this.#access.cell(of, element).reprotect.kind !== 'allow') continue;
      const profile = this.#access.profileOf(of, element);
      let holders = found.get(profile);
      if (holders === undefined) {
        holders = { places: [], bits: new Uint32Array(Math.ceil(this.#movers.length / 32)) };
        found.set(profile, holders);
      }
      holders.places.push(place);
      holders.bits[place >>> 5]! |= 1 << (place & 31);
    }
    return found;
  }
}

// Follows values from element to element, as users may move them by reprotect, until a user sees them.

import { isOldVersion } from '../policy/key-versions.ts';
import type { Access } from './access.ts';
import type { Counterexample, Statement } from './model.ts';
import type { Subject } from './users.ts';
import { whyOf } from './why.ts';

/** How values came to an element. Where they were at first, they came from nowhere. */
interface Step {
  readonly from: string;
  readonly mover: string;
}

/**
 * Returns the first path, of the fewest moves, on which one of the viewers sees values. Each move is one that some mover
 * may make alone: movers who work together are assumed. A path of no move counts.
 */
export function findPath(
  { elements, viewers, movers, sight }: Statement & { readonly kind: 'path' },
  access: Access,
): Counterexample | undefined {
  const watching = viewers.subjectsIn(access);
  const viewerOf = (element: string): Subject | undefined =>
    watching.find(({ of }) => sees(access, of, element, sight));
  // Values are seen nowhere, however they are moved.
  if (![...access.elements.keys()].some((element) => viewerOf(element) !== undefined)) return undefined;
  const moves = new MoveFinder(access, movers.subjectsIn(access));
  const reached = new Map<string, Step | undefined>(elements.names.map((name) => [name, undefined]));
  // The loop also visits the elements that it adds.
  for (const element of reached.keys()) {
    const viewer = viewerOf(element);
    if (viewer !== undefined) return pathTo(access, reached, element, viewer, sight);
    moves.eachFrom(element, (target, mover) => {
      if (!reached.has(target)) reached.set(target, { from: element, mover });
    });
  }
  return undefined;
}

function sees(access: Access, users: Subject['of'], element: string, sight: 'clear' | 'anything'): boolean {
  const { unprotect } = access.cell(users, element);
  if (unprotect.kind === 'mask') return sight === 'anything';
  return unprotect.kind === 'allow' && (sight === 'anything' || unprotect.mask === undefined);
}

function pathTo(
  access: Access,
  reached: ReadonlyMap<string, Step | undefined>,
  end: string,
  { user }: Subject,
  sight: 'clear' | 'anything',
): Counterexample {
  const moves: string[] = [];
  let at = end;
  for (let step = reached.get(at); step !== undefined; step = reached.get(at)) {
    moves.unshift(`${step.mover} may reprotect ${step.from} to ${at}`);
    at = step.from;
  }
  const seen = sight === 'clear' ? `see ${end} in clear` : `see anything of ${end}`;
  return {
    says: [...moves, `${user} may ${seen}`].join(', '),
    because: whyOf(access, user, { operation: 'Unprotect', element: end }),
  };
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

  constructor(access: Access, movers: readonly Subject[]) {
    this.#access = access;
    this.#movers = movers;
    for (const element of access.distinct([...access.elements.keys()].filter((name) => !isOldVersion(name)))) {
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

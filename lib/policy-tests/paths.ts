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
  const moves = new MoveFinder(access, movers.subjectsIn(access));
  const targets = access.distinct([...access.elements.keys()].filter((name) => !isOldVersion(name)));
  const reached = new Map<string, Step | undefined>(elements.names.map((name) => [name, undefined]));
  // The loop also visits the elements that it adds.
  for (const element of reached.keys()) {
    const viewer = watching.find(({ of }) => sees(access, of, element, sight));
    if (viewer !== undefined) return pathTo(access, reached, element, viewer, sight);
    for (const target of targets) {
      if (reached.has(target)) continue;
      const mover = moves.moverOf(element, target);
      if (mover !== undefined) reached.set(target, { from: element, mover });
    }
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

/** Users with equal grants for an element: a bit for each mover. */
type Holders = Uint32Array;

/**
 * Finds users who may make a move. Whether a user may depends on the user's grants for both elements, so each pair of sets
 * of grants is decided once, and then asked for a user who has both.
 */
class MoveFinder {
  readonly #access: Access;
  readonly #movers: readonly Subject[];
  readonly #holders = new Map<string, readonly Holders[]>();

  constructor(access: Access, movers: readonly Subject[]) {
    this.#access = access;
    this.#movers = movers;
  }

  /** Returns a user who may move values from one element to another one. */
  moverOf(from: string, to: string): string | undefined {
    for (const a of this.#holdersOf(from)) {
      for (const b of this.#holdersOf(to)) {
        const mover = this.#common(a, b);
        if (mover !== undefined && this.#access.mayMove(mover.of, from, to)) return mover.user;
      }
    }
    return undefined;
  }

  #common(a: Holders, b: Holders): Subject | undefined {
    for (let i = 0; i < a.length; i++) {
      const both = a[i]! & b[i]!;
      if (both !== 0) return this.#movers[i * 32 + (31 - Math.clz32(both & -both))];
    }
    return undefined;
  }

  /** Returns the users who may reprotect an element, by their sets of grants. */
  #holdersOf(element: string): readonly Holders[] {
    const known = this.#holders.get(element);
    if (known !== undefined) return known;
    const found = new Map<number, Holders>();
    for (const [i, { of }] of this.#movers.entries()) {
      if (this.#access.cell(of, element).reprotect.kind !== 'allow') continue;
      const set = this.#access.setOf(of, element);
      let holders = found.get(set);
      if (holders === undefined) found.set(set, (holders = new Uint32Array(Math.ceil(this.#movers.length / 32))));
      holders[i >>> 5]! |= 1 << (i & 31);
    }
    const holders = [...found.values()];
    this.#holders.set(element, holders);
    return holders;
  }
}

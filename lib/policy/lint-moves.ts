// Warns about roles that may reprotect two elements whose values they may not move: see moves.ts.

import { traitsOf } from './element-types.ts';
import { Moves, type Sight } from './moves.ts';
import type { ElementDefinition, Grant, PolicyDocument, RoleDefinition } from './schema.ts';
import type { Warning } from './warning.ts';

/** The most pairs that a warning names. */
const NAMED = 3;

/**
 * Returns a warning for each role, whenever its grants are in force, with pairs of elements between which its members
 * may not reprotect, although the role grants it for both. Elements that are alike are compared once, so that the time
 * grows with their kinds, and each warning names a few pairs and counts the others.
 */
export function lintMoves(policy: PolicyDocument): Warning[] {
  const moves = new Moves(policy.alphabets);
  const elements = new Map(policy.elements.map((element) => [element.name, element]));
  const masks = new Map(policy.masks.map((mask) => [mask.name, mask]));
  const sightOf = ({ permissions, mask }: Grant, element: ElementDefinition): Sight => {
    if (!permissions.includes('unprotect')) return traitsOf(element).defaultView(element) ?? 'nothing';
    return mask === undefined ? 'clear' : masks.get(mask)!;
  };
  return policy.roles.flatMap((role, i): Warning[] => {
    const groups = likeElements(role, elements, sightOf);
    let count = 0;
    const named: string[] = [];
    for (const from of groups) {
      for (const to of groups) {
        const [a, b] = [from[0]!, from === to ? to[1] : to[0]];
        if (b === undefined) continue;
        const shows = moves.disclosure(a.element, b.element, { seen: a.sight, after: b.sight });
        if (shows === undefined) continue;
        count += from.length * (from === to ? to.length - 1 : to.length);
        if (named.length < NAMED) named.push(`${a.element.name} to ${b.element.name} (${shows})`);
      }
    }
    if (count === 0) return [];
    const others = count - named.length;
    const more = others === 0 ? '' : `, and ${others.toLocaleString('en-US')} more`;
    const message = `its members may not reprotect where the new element shows more than they may see: ${named.join(', ')}${more}`;
    return [{ rule: 'reprotect-refused', path: `$.roles[${i}]`, message }];
  });
}

interface Movable {
  readonly element: ElementDefinition;
  readonly sight: Sight;
}

/** Groups the elements that a role may reprotect by all that decides about moves. */
function likeElements(
  { grants }: RoleDefinition,
  elements: ReadonlyMap<string, ElementDefinition>,
  sightOf: (grant: Grant, element: ElementDefinition) => Sight,
): Movable[][] {
  const movable = grants.flatMap((grant): Movable[] => {
    const element = elements.get(grant.element)!;
    return grant.permissions.includes('reprotect') ? [{ element, sight: sightOf(grant, element) }] : [];
  });
  return [...Map.groupBy(movable, ({ element, sight }) => JSON.stringify([kindOf(element), sight])).values()];
}

/** Returns the element without what makes it this one. */
function kindOf(element: ElementDefinition): object {
  return { ...element, id: '', name: '', description: '', keyVersion: 0, oldKeyVersions: [] };
}

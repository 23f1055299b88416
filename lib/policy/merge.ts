// Merges the grants of several roles for one element and one permission.

import { maskSetting } from './mask.ts';
import type { MaskDefinition } from './elements/parts.ts';
import type { Grant, NoAccess, Permission, PolicyDocument } from './schema.ts';

export type ConflictResolution = PolicyDocument['conflictResolution'];

export type Merged =
  | { readonly kind: 'allowed'; readonly mask?: MaskDefinition }
  /** Two masks, and neither shows strictly less. */
  | { readonly kind: 'mask-conflict' }
  | { readonly kind: 'refused'; readonly noAccess: NoAccess };

/** From the least to the most restrictive. */
const NO_ACCESS: readonly NoAccess[] = ['protected', 'null', 'exception'];

/**
 * Merges the grants that a user has for one element:
 *
 *                                 least-restrictive             most-restrictive
 *     allowed and refused         allowed                       refused
 *     clear and mask              clear                         mask
 *     ways of refusing            protected, null, exception    exception, null, protected
 *     equal masks                 that mask                     that mask
 *     different masks             mask-conflict                 mask-conflict
 *
 * No grant at all is a refusal by exception. Masks count for unprotect only. `maskOf` returns a mask of the policy by
 * name.
 */
export function mergeGrants(
  grants: readonly Grant[],
  permission: Permission,
  resolution: ConflictResolution,
  maskOf: (name: string) => MaskDefinition,
): Merged {
  const granting = grants.filter(({ permissions }) => permissions.includes(permission));
  const least = resolution === 'least-restrictive';
  const allowed = granting.length > 0 && (least || granting.length === grants.length);
  if (!allowed) {
    const ways = grants.filter((grant) => !granting.includes(grant)).map(({ noAccess }) => noAccess);
    const order = least ? NO_ACCESS : NO_ACCESS.toReversed();
    return { kind: 'refused', noAccess: order.find((way) => ways.includes(way)) ?? 'exception' };
  }
  const masks = granting.flatMap(({ mask }) => (mask === undefined ? [] : [maskOf(mask)]));
  const clear = masks.length === 0 || (least && masks.length < granting.length);
  if (permission !== 'unprotect' || clear) return { kind: 'allowed' };
  const different = new Set(masks.map(maskSetting)).size > 1;
  return different ? { kind: 'mask-conflict' } : { kind: 'allowed', mask: masks[0]! };
}

import type { Grant } from '../../../lib/policy/schema.ts';

type Permission = Grant['permissions'][number];

/** A flag for each permission. */
export type PermissionFlags = Readonly<Record<Permission, boolean>>;

/** In the order in which a file lists them. */
export const PERMISSIONS = ['protect', 'unprotect', 'reprotect'] as const satisfies readonly Permission[];

export function chosenPermissions(flags: PermissionFlags): Permission[] {
  return PERMISSIONS.filter((permission) => flags[permission]);
}

// Policies of any size, as documents that `parsePolicy` accepts.

import { createHash } from 'node:crypto';

const PERMISSIONS = [['protect'], ['unprotect'], ['protect', 'unprotect', 'reprotect'], []];

/** `elements` numeric elements, four roles that each grant something of every one, and `members` users in groups of 1,000. */
export function largePolicy({ elements, members = 20 }: { elements: number; members?: number }): object {
  const names = Array.from({ length: elements }, (_, i) => `deColumn${i}`);
  const users = Array.from({ length: members }, (_, i) => `user${i}@example.com`);
  const groups = Array.from({ length: Math.ceil(members / 1000) }, (_, i) => ({
    name: `group${i}`,
    members: users.slice(1000 * i, 1000 * (i + 1)),
  }));
  return {
    name: 'LARGE',
    dataStore: 'BENCH',
    masks: [{ name: 'ends', fromLeft: 2, fromRight: 2, mode: 'mask' }],
    elements: names.map((name) => ({
      id: uuid(name),
      name,
      method: 'tokenization',
      type: 'numeric',
      shortData: 'error',
    })),
    groups,
    roles: PERMISSIONS.map((permissions, r) => ({
      name: `role${r}`,
      members: [
        ...groups.filter((_, g) => g % PERMISSIONS.length !== r).map(({ name }) => ({ group: name })),
        'test_user',
      ],
      grants: names.map((element) => ({
        element,
        permissions,
        ...(permissions.includes('unprotect') && r === 1 ? { mask: 'ends' } : {}),
      })),
    })),
  };
}

function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

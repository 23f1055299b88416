/** The value that tests protect. */
export const VALUE = '900-12-3456';

/** A policy of one element, so that a publication takes little time. With another role it is another policy. */
export function smallPolicy(role: string, keyVersion = 1, more: readonly string[] = []): unknown {
  const permissions = ['protect', 'unprotect', 'reprotect'];
  const element = { method: 'tokenization', type: 'numeric', shortData: 'error', otherCharacters: 'refuse' };
  const others = more.map((name, i) => ({ ...element, name, id: `00000000-0000-4000-8000-0000000000f${i}` }));
  const oldKeyVersions = Array.from({ length: keyVersion - 1 }, (_, i) => i + 1);
  return {
    name: 'TEST_POLICY',
    dataStore: 'TEST_STORE',
    elements: [
      { ...element, id: '00000000-0000-4000-8000-000000000002', name: 'deSSN', keyVersion, oldKeyVersions },
      ...others,
    ],
    roles: [{ name: role, members: ['test_user'], grants: [{ element: 'deSSN', permissions, noAccess: 'exception' }] }],
  };
}

import { describe, expect, test } from '@jest/globals';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { rotateElement } from '../../../lib/policy/rotate.ts';

const ID = '00000000-0000-4000-8000-000000000001';

function element(change: object) {
  const numeric = { method: 'tokenization', type: 'numeric', shortData: 'error' };
  const facts = { id: ID, name: 'deSSN', ...('method' in change ? {} : numeric), ...change };
  return parsePolicy({ name: 'P', dataStore: 'D', elements: [facts], roles: [] }).elements[0]!;
}

describe('rotation of an element', () => {
  test('keeps the version before and all older ones', () => {
    expect(rotateElement(element({}), 2)).toEqual({
      element: 'deSSN',
      keyVersion: 2,
      oldKeyVersions: [1],
      oldName: 'deSSN@1',
    });
    expect(rotateElement(element({ keyVersion: 3, oldKeyVersions: [1] }), 7)).toMatchObject({
      keyVersion: 7,
      oldKeyVersions: [1, 3],
      oldName: 'deSSN@3',
    });
  });

  test.each([
    { method: 'hash', type: 'hmac-sha256' },
    { method: 'clear', type: 'no-encryption' },
  ])('is refused for type $type', (change) => {
    expect(() => rotateElement(element(change), 2)).toThrow(expect.objectContaining({ code: 'ELEMENT_NOT_ROTATABLE' }));
  });
});

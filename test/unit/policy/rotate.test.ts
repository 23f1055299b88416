import { describe, expect, test } from '@jest/globals';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { redshiftRotationSql, rotateElement, snowflakeRotationSql } from '../../../lib/policy/rotate.ts';

const ID = '00000000-0000-4000-8000-000000000001';

function element(change: object) {
  const numeric = { method: 'tokenization', type: 'numeric', shortData: 'error' };
  const facts = { id: ID, name: 'deSSN', ...('method' in change ? {} : numeric), ...change };
  return parsePolicy({ name: 'P', dataStore: 'D', elements: [facts], roles: [] }).elements[0]!;
}

describe('an element that is rotated', () => {
  test('keeps the version it had, and those it had kept before', () => {
    expect(rotateElement(element({}), 2)).toEqual({
      element: 'deSSN',
      keyVersion: 2,
      oldKeyVersions: [1],
      oldName: 'deSSN@1',
      functionName: 'pty_reprotect_dessn_v1__to__dessn',
    });
    expect(rotateElement(element({ keyVersion: 3, oldKeyVersions: [1] }), 7)).toMatchObject({
      keyVersion: 7,
      oldKeyVersions: [1, 3],
      oldName: 'deSSN@3',
      functionName: 'pty_reprotect_dessn_v3__to__dessn',
    });
  });

  test.each([['de SSN'], ['Größe'], ['n'.repeat(55)]])(
    'is moved by a function of mapping.json where SQL cannot say %s',
    (name) => {
      const { functionName, mapping } = rotateElement(element({ name }), 2);
      expect(functionName).toBe('pty_move_00000000000040008000000000000001_v1');
      expect(mapping).toEqual({ [functionName]: { Operation: 'reprotect', OldElement: `${name}@1`, Element: name } });
    },
  );

  test.each([
    { method: 'hash', type: 'hmac-sha256' },
    { method: 'clear', type: 'no-encryption' },
  ])('has a key that values can be moved from, which $type has not', (change) => {
    expect(() => rotateElement(element(change), 2)).toThrow(expect.objectContaining({ code: 'ELEMENT_NOT_ROTATABLE' }));
  });

  test('is moved in place, in one transaction, by a statement of either warehouse', () => {
    const rotation = rotateElement(element({}), 2);
    const place = { table: 'hr.people', column: 'ssn' };
    const update = `begin;
update hr.people set ssn = pty_reprotect_dessn_v1__to__dessn(ssn) where ssn is not null;
commit;`;
    expect(redshiftRotationSql(rotation, place)).toContain(update);
    expect(snowflakeRotationSql(rotation, place)).toContain(update);
    expect(redshiftRotationSql(rotation, {})).toContain('update <schema.table> set <column> =');
    const header = /'X-Protegrity-HCoP-Rules' = '(.*)'\)/.exec(snowflakeRotationSql(rotation, place))![1]!;
    expect(JSON.parse(header)).toEqual({
      jsonpaths: [{ op_type: 'REPROTECT', data_element: 'deSSN', old_data_element: 'deSSN@1' }],
    });
  });

  test('is quoted where its name has an apostrophe', () => {
    expect(snowflakeRotationSql(rotateElement(element({ name: "d'or" }), 2), {})).toContain('"data_element":"d\'\'or"');
  });
});

import { describe, expect, test } from '@jest/globals';
import { rotationSql, type ColumnPlace } from '../../../lib/ddl/rotation.ts';
import { parseName } from '../../../lib/ddl/script.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { rotateElement } from '../../../lib/policy/rotate.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const OPTIONS = {
  redshift: { lambda: '<function>:Production', role: '<role>' },
  snowflake: { url: '<url>', role: '<role>', integration: parseName('protector', 1, 1) },
};

/** Returns the SQL of an element rotated from key version 1 to 2. */
function rotated(name: string, place: ColumnPlace = {}) {
  const numeric = { id: ID, name, method: 'tokenization', type: 'numeric', shortData: 'error' };
  const [before] = parsePolicy({ name: 'P', dataStore: 'D', elements: [numeric], roles: [] }).elements;
  const { keyVersion, oldKeyVersions } = rotateElement(before!, 2);
  const roles = [
    {
      name: 'movers',
      members: ['ann'],
      grants: [{ element: name, permissions: ['reprotect'], noAccess: 'exception' }],
    },
  ];
  const policy = parsePolicy({
    name: 'P',
    dataStore: 'D',
    elements: [{ ...numeric, keyVersion, oldKeyVersions }],
    roles,
  });
  return rotationSql(policy, {}, rotateElement(before!, 2), place, OPTIONS);
}

const updateBy = (name: string): string => `begin;
update hr.people set ssn = ${name}(ssn) where ssn is not null;
commit;`;

describe('a column of a rotated element', () => {
  test('is moved in place, in one transaction, on either warehouse', () => {
    const { redshift, snowflake, functionName, mapping } = rotated('deSSN', { table: 'hr.people', column: 'ssn' });
    expect([functionName, mapping]).toEqual(['pty_reprotect_dessn_v1__to__dessn', {}]);
    expect(redshift).toContain(updateBy('pty_reprotect_dessn_v1__to__dessn'));
    expect(snowflake).toContain(updateBy('pty_reprotect_deSSN_v1__to__deSSN'));
    expect(rotated('deSSN').redshift).toContain('update <schema.table> set <column> =');
    const header = /'X-Protegrity-HCoP-Rules' = '(.*)'\)/.exec(snowflake)![1]!;
    expect(JSON.parse(header)).toEqual({
      jsonpaths: [{ op_type: 'REPROTECT', data_element: 'deSSN', old_data_element: 'deSSN@1' }],
    });
  });

  test('is moved by a function that PUBLIC may not call', () => {
    const { redshift, snowflake } = rotated('deSSN');
    expect(redshift).toMatch(
      /create or replace external function [^]*revoke execute [^]*from public;\ngrant execute [^]*to role protector_movers;/,
    );
    expect(snowflake).toMatch(
      /create or replace secure [^]*revoke usage [^]*from role public;\ngrant usage [^]*to role protector_movers;/,
    );
  });

  test.each([['de SSN'], ['Größe'], ['n'.repeat(55)]])(
    'is moved by a function of mapping.json if no function name can express %s',
    (name) => {
      const { functionName, mapping, redshift } = rotated(name);
      const id = ID.replaceAll('-', '');
      expect(functionName).toBe(`pty_reprotect_${id}_v1__to__${id}`);
      expect(mapping).toEqual({ [functionName]: { Operation: 'reprotect', OldElement: `${name}@1`, Element: name } });
      expect(redshift).toContain(`= ${functionName}(<column>)`);
    },
  );

  test('is moved by quoted SQL if its name has an apostrophe', () => {
    expect(rotated("d'or").snowflake).toContain('"data_element":"d\'\'or"');
  });
});

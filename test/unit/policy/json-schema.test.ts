import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mappingSchemaText, policySchemaText } from '../../../lib/policy/json-schema.ts';
import { changed, POLICY } from '../../support/policy.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const ajv = new Ajv2020({ strict: true, validateFormats: false });
const FILES = [
  ['policy.schema.json', policySchemaText],
  ['mapping.schema.json', mappingSchemaText],
] as const;
for (const [file] of FILES) ajv.addSchema(JSON.parse(read(`schemas/${file}`)) as object, file);

/** Validates with an independent validator that reads the published file only. */
const accepts = (file: string, document: unknown): boolean => ajv.validate(file, document);

describe('the published JSON Schemas', () => {
  test.each(FILES)('%s is up to date: "npm run schemas" writes it', (file, textOf) => {
    expect(read(`schemas/${file}`)).toBe(textOf());
    expect(JSON.parse(read(`schemas/${file}`))).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: expect.any(String),
    });
  });

  test('include the one that the sample policy names, which accepts it', () => {
    const sample = JSON.parse(read('lib/local/sample/policy.json')) as { $schema: string };
    expect(new URL(sample.$schema, 'file:///lib/local/sample/').pathname).toBe('/schemas/policy.schema.json');
    expect(accepts('policy.schema.json', sample)).toBe(true);
  });

  test.each<[string, readonly (string | number)[], unknown]>([
    ['an unknown member', ['colour'], 'red'],
    ['no name', ['name'], undefined],
    ['an unknown type', ['elements', 0, 'type'], 'cusp'],
    ['a member that the type does not have', ['elements', 1, 'size'], 4],
    ['no answer for short data', ['elements', 1, 'shortData'], undefined],
    ['an unknown permission', ['roles', 0, 'grants', 0, 'permissions'], ['read']],
    ['an unknown answer to a refusal', ['roles', 0, 'grants', 0, 'noAccess'], 'zero'],
    ['an unknown audit switch', ['roles', 0, 'grants', 0, 'audit'], { protect: { all: true } }],
    ['a member that is neither a user nor a group', ['roles', 0, 'members'], [{ name: 'ann' }]],
    ['a time of no zone', ['roles', 0, 'members'], [{ user: 'ann', until: '2026-12-31T18:00:00' }]],
    ['a name that is too long', ['elements', 0, 'name'], 'n'.repeat(56)],
    ['an unknown conflict resolution', ['conflictResolution'], 'first-role'],
  ])('refuse a policy with %s', (_, path, value) => {
    expect([
      accepts('policy.schema.json', POLICY),
      accepts('policy.schema.json', changed(POLICY, path, value)),
    ]).toEqual([true, false]);
  });

  test('accept a policy with every optional member', () => {
    const document = {
      ...POLICY,
      $schema: './policy.schema.json',
      conflictResolution: 'most-restrictive',
      masks: [{ name: 'm', fromLeft: 1, fromRight: 1, mode: 'clear', character: '#' }],
      users: ['ann'],
      groups: [{ name: 'g', members: ['ann', { group: 'g2' }] }],
      roles: [
        {
          name: 'r',
          members: [{ group: 'g' }],
          grants: [
            { element: 'deSSN', permissions: ['unprotect'], mask: 'm', audit: { unprotect: { failed: false } } },
          ],
        },
      ],
    };
    expect(accepts('policy.schema.json', document)).toBe(true);
  });

  test.each([
    [{ f: { Operation: 'protect', Element: 'x' } }, true],
    [{ f: { Operation: 'UNprotect', Element: 'x' } }, true],
    [{ $schema: './mapping.schema.json', f: { Operation: 'reprotect', Element: 'x', OldElement: 'y' } }, true],
    [{ f: { Operation: 'read', Element: 'x' } }, false],
    [{ f: { Operation: 'protect' } }, false],
    [{ f: { Operation: 'protect', Element: 'x', Iv: 'y' } }, false],
    [{ f: 'protect' }, false],
  ])('validate the mapping %j as %s', (document, valid) => {
    expect(accepts('mapping.schema.json', document)).toBe(valid);
  });

  test('describe more than 30 members', () => {
    const descriptions = read('schemas/policy.schema.json').match(/"description": "/g) ?? [];
    expect(descriptions.length).toBeGreaterThan(30);
  });
});

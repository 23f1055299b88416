import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { tenantsSchemaText } from '../../../lib/tenants/json-schema.ts';
import { changed } from '../../support/policy.ts';
import { TENANTS } from '../../support/tenants.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const published = read('schemas/tenants.schema.json');
const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(JSON.parse(published) as object);

describe('the published JSON Schema of tenants', () => {
  test('is up to date: "npm run schemas" writes it', () => {
    expect(published).toBe(tenantsSchemaText());
  });

  test('is the one that the sample names, and accepts it', () => {
    const sample = JSON.parse(read('lib/local/sample/tenants.json')) as { $schema: string };
    expect(new URL(sample.$schema, 'file:///lib/local/sample/').pathname).toBe('/schemas/tenants.schema.json');
    expect(validate(sample)).toBe(true);
  });

  test.each<[string, readonly (string | number)[], unknown]>([
    ['an unknown member', ['colour'], 'red'],
    ['an unknown kind of sink', ['tenants', 0, 'sinks', 0, 'kind'], 'pigeon'],
    ['a member of another kind of sink', ['tenants', 0, 'sinks', 0, 'site'], 'datadoghq.eu'],
    ['a secret in place of its name', ['tenants', 0, 'sinks', 0, 'token'], 'x'],
    ['an alias of a key', ['tenants', 0, 'kms', 0, 'key'], 'arn:aws:kms:us-east-1:111122223333:alias/x'],
    ['an unknown state', ['tenants', 0, 'kms', 0, 'state'], 'lost'],
    ['an API key in clear', ['apiKeys', 0], { id: 'a', key: 'x' }],
    ['leasing in words', ['tenants', 0, 'leasing'], 'yes'],
    ['a pattern in small letters', ['tenants', 0, 'sinks', 0, 'include'], ['user_*']],
  ])('refuses %s', (_, path, value) => {
    expect([validate(TENANTS), validate(changed(TENANTS, path, value))]).toEqual([true, false]);
  });
});

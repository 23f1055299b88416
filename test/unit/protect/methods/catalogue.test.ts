import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { elementSchema } from '../../../../lib/policy/schema.ts';
import { catalogue } from '../../../../lib/protect/methods/catalogue.ts';

const entries = catalogue();
const KEPT = JSON.parse(
  readFileSync(new URL('../../../vectors/catalogue/methods.json', import.meta.url), 'utf8'),
) as object[];

describe('the catalogue of methods', () => {
  test('has every element type of the schema, and no other', () => {
    const types = elementSchema.options.flatMap(({ shape: { type } }) =>
      'options' in type ? type.options : [...type.values],
    );
    expect(types.length).toBeGreaterThan(20);
    expect(entries.map(({ type }) => type).toSorted()).toEqual(types.toSorted());
  });

  test('says what it said, in widths and tokens above all', () => {
    expect(entries.map((entry) => (entry.type === 'aes-256-gcm' ? { ...entry, token: null } : entry))).toEqual(KEPT);
  });

  test.each(entries)(
    '$type names its values and shows a token',
    ({ method, alphabet, lengths, characters, bytes, example, token }) => {
      expect(alphabet).not.toBe('');
      expect(lengths).not.toBe('');
      expect([characters, bytes, example]).not.toContain('');
      expect(token === example).toBe(method === 'clear');
    },
  );

  test('derives alphabets and lengths of tokens from the code', () => {
    expect(entries.find(({ type }) => type === 'alpha-numeric')).toMatchObject({
      alphabet: '0-9 A-Z a-z (62)',
      lengths: '4 … 4,096 symbols',
    });
    expect(entries.find(({ type }) => type === 'printable')?.alphabet).toContain('(191)');
  });
});

import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { checkBySchema } from '../../../lib/document/zod-problems.ts';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import type { DocumentError } from '../../../lib/document/problem.ts';

/** A schema of items that counts how many it reads. */
function counting() {
  let read = 0;
  const item = z.custom((value) => {
    read++;
    return value !== 'bad';
  });
  return { item, read: () => read };
}

describe('a document with many problems', () => {
  test.each([
    ['in a list', (item: z.ZodType) => z.array(item), (bad: string[]) => bad],
    [
      'in a record',
      (item: z.ZodType) => z.record(z.string(), item),
      (bad: string[]) => Object.fromEntries(bad.map((value, i) => [`k${i}`, value])),
    ],
    [
      'in a list of lists',
      (item: z.ZodType) => z.strictObject({ a: z.array(z.strictObject({ b: z.array(item).optional() })) }),
      (bad: string[]) => ({ a: bad.map((value) => ({ b: [value] })) }),
    ],
  ])('is read until there are enough of them: %s', (_what, schemaOf, documentOf) => {
    const { item, read } = counting();
    const { data, problems } = checkBySchema(schemaOf(item), documentOf(Array<string>(50_000).fill('bad')));
    expect(data).toBeUndefined();
    expect(read()).toBeLessThanOrEqual(1001);
    expect(problems.listed).toHaveLength(100);
    expect(problems.others.count).toBeGreaterThanOrEqual(400);
    expect(problems.others.isWhole).toBe(false);
  });

  test('makes no problem for an unknown member that is not listed, and counts it', () => {
    const { problems } = checkBySchema(
      z.strictObject({}),
      Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1])),
    );
    expect(problems.listed).toHaveLength(100);
    expect(problems.others).toEqual({ count: 4900, isWhole: true });
  });

  test('is read whole where another option of a union takes what has the problems', () => {
    const { item, read } = counting();
    const schema = z.union([z.array(item), z.array(z.literal('bad'))]);
    expect(checkBySchema(schema, Array<string>(3000).fill('bad')).data).toHaveLength(3000);
    expect(read()).toBeGreaterThan(0);
    expect(checkBySchema(schema, [...Array<string>(3000).fill('bad'), 'worse']).data).toBeUndefined();
  });
});

const many = (count: number): object[] => Array.from({ length: count }, () => ({}));
const POLICY = { name: 'P', dataStore: 'D', elements: [], roles: [] };
const SAMPLE = parsePolicy({
  ...POLICY,
  elements: [
    {
      id: '00000000-0000-4000-8000-000000000001',
      name: 'de1',
      method: 'tokenization',
      type: 'numeric',
      shortData: 'error',
    },
  ],
});

describe('an error about a document', () => {
  test.each<[what: string, parse: () => unknown, message: RegExp]>([
    [
      'of a policy with many elements',
      () => parsePolicy({ ...POLICY, elements: many(20_000) }),
      /^The policy has at least 1,0\d\d problems:/,
    ],
    [
      'of a policy with many unknown members',
      () => parsePolicy(Object.fromEntries(many(5000).map((value, i) => [`k${i}`, value]))),
      /^The policy has at least 5,004 problems:/,
    ],
    [
      'of a mapping',
      () => parseMapping(Object.fromEntries(many(20_000).map((value, i) => [`k${i}`, value])), SAMPLE),
      /^The mapping has at least [5-9]\d\d problems:/,
    ],
    [
      'of tenants',
      () => parseTenants({ tenants: many(20_000) }, new Map()),
      /^The tenants file has at least 1,0\d\d problems:/,
    ],
    [
      'of a mapping whose functions name no element',
      () => {
        const target = { Operation: 'protect', Element: 'none' };
        return parseMapping(Object.fromEntries(many(20_000).map((_, i) => [`k${i}`, target])), SAMPLE);
      },
      /^The mapping has 20,000 problems:/,
    ],
  ])('lists a hundred problems and says how many more there are: %s', (_what, parse, message) => {
    let thrown: unknown;
    try {
      parse();
    } catch (error) {
      thrown = error;
    }
    const { problems, others, message: text } = thrown as DocumentError;
    expect(problems).toHaveLength(100);
    expect(text).toMatch(message);
    expect(text.split('\n')).toHaveLength(102);
    expect(text).toMatch(new RegExp(`\n  and ${others.count.toLocaleString('en-US')} more$`));
  });
});

const roleWith = (grant: object): object[] => [{ name: 'r', members: [], grants: [grant] }];

describe('a problem says what is allowed, and suggests the nearest', () => {
  const element = {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'de1',
    method: 'tokenization',
    type: 'numeric',
    shortData: 'error',
  };
  const problemsOf = (change: object, roles: readonly object[] = []): string[] => {
    try {
      parsePolicy({ ...POLICY, elements: [{ ...element, ...change }], roles });
      return [];
    } catch (error) {
      return (error as DocumentError).problems.map(({ path, message }) => `${path}: ${message}`);
    }
  };

  test.each<[string, object, RegExp]>([
    [
      'of a type',
      { type: 'numerc' },
      /^\$\.elements\[0\]\.type: It must be one of numeric, alpha, .*masking; did you mean numeric\?$/,
    ],
    ['of a type that is missing', { type: undefined }, /^\$\.elements\[0\]\.type: It must be one of numeric, alpha, /],
    ['of a type that is no text', { type: 7 }, /masking$/],
    ['of a choice', { shortData: 'weak-tokens' }, /expected one of .*; did you mean weak-token\?$/],
    ['of a member', { fromRigth: 4 }, /fromRigth: unknown member; did you mean fromRight\?$/],
    ['of a member of another type', { preserveCase: true }, /preserveCase: unknown member$/],
    ['of an alphabet', { type: 'unicode', alphabet: 'grek' }, /did you mean greek\?$/],
  ])('%s', (_, change, message) => {
    expect(problemsOf(change)).toEqual([expect.stringMatching(message)]);
  });

  test('of names in roles', () => {
    expect(problemsOf({}, roleWith({ element: 'de1', permissions: ['protekt'] })).join()).toMatch(
      /did you mean protect\?$/,
    );
    expect(problemsOf({}, roleWith({ elment: 'de1', permissions: [] })).join()).toMatch(
      /elment: unknown member; did you mean element\?/,
    );
    expect(problemsOf({}, roleWith({ element: 'de2', permissions: [] }))).toEqual([
      '$.roles[0].grants[0].element: the policy has no element of this name; did you mean de1?',
    ]);
  });

  test('never quotes what is there', () => {
    const secret = 'hunter2hunter2';
    expect(problemsOf({ type: secret, shortData: secret }).join()).not.toContain(secret);
  });
});

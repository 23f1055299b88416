import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { builtInAlphabetNames, isStableAlphabet } from '../../../lib/policy/builtin-alphabets.ts';
import { describeTypes, traitsOf } from '../../../lib/policy/element-types.ts';
import { atMost, type Bound, describeBound, fittingWithin } from '../../../lib/policy/elements/width.ts';
import { type ElementDefinition, elementSchema } from '../../../lib/policy/schema.ts';

const ID = '00000000-0000-4000-8000-000000000001';

describe('a bound', () => {
  test.each<[string, Bound]>([
    ['n', { factor: 1, more: 0 }],
    ['n + 5', { factor: 1, more: 5 }],
    ['64', { factor: 0, more: 64 }],
    ['2n + 58', { factor: 2, more: 58 }],
    ['1.334n', { factor: 4 / 3, more: 0 }],
    ['1.344n + 2, at least 4, at most 5,504', { factor: 8 / Math.log2(62), more: 2, least: 4, most: 5504 }],
  ])('is written as %s', (formula, bound) => {
    expect(describeBound(bound)).toBe(formula);
  });

  test.each<[number, number, Bound]>([
    [7, 7, { factor: 1, more: 0 }],
    [6, 1, { factor: 1, more: 5 }],
    [64, 999, { factor: 0, more: 64 }],
    [5, 4, { factor: 4 / 3, more: 0 }],
    [4096, 3072, { factor: 4 / 3, more: 0 }],
    [4, 1, { factor: 1.3, more: 2, least: 4 }],
    [9, 100, { factor: 1, more: 2, most: 9 }],
  ])('is %i for a value of %i: %j', (width, n, bound) => {
    expect(atMost(bound, n)).toBe(width);
  });

  test('is within a size for the longest value that fits, and beyond it for the next one', () => {
    const bounds = fc.record({
      factor: fc.constantFrom(1, 4 / 3, 1.5, 2, 3, 4, 8 / Math.log2(62)),
      more: fc.nat(60),
      least: fc.option(fc.nat(9), { nil: 0 }),
    });
    fc.assert(
      fc.property(bounds, fc.nat(70_000), (bound, size) => {
        const longest = fittingWithin(bound, size);
        expect(longest === 0 ? 0 : atMost(bound, longest)).toBeLessThanOrEqual(size);
        expect(atMost(bound, longest + 1)).toBeGreaterThan(size);
      }),
    );
    expect(fittingWithin({ factor: 0, more: 64 }, 30)).toBe(0);
  });
});

/** The formulas of an element: characters and bytes. */
function formulas(element: object): [string, string] {
  const definition = elementSchema.parse({ id: ID, name: 'e', ...element });
  const { characters, bytes } = traitsOf(definition).width(definition, []);
  return [describeBound(characters), describeBound(bytes)];
}

const longer = ['`preserveLength` off', { preserveLength: false }] as const;
const numbered = ['`keyId`', { keyId: 1 }] as const;

/** Options that widen tokens, in words and as members of an element. */
const OPTIONS: Readonly<Partial<Record<ElementDefinition['type'], readonly (readonly [string, object])[]>>> = {
  numeric: [longer],
  alpha: [longer],
  'upper-case-alpha': [longer],
  'alpha-numeric': [longer],
  'upper-case-alpha-numeric': [longer],
  'lower-ascii': [longer],
  printable: [longer],
  unicode: [longer],
  integer: [
    ['`"size": 2`', { size: 2 }],
    ['`"size": 8`', { size: 8 }],
  ],
  decimal: [['`"maxLength": 20`', { maxLength: 20 }]],
  email: [longer],
  binary: [['two clear bytes or more', { fromLeft: 1, fromRight: 1 }]],
  'aes-256-gcm': [numbered],
  'aes-256-siv': [numbered],
};

/** Writes the row of a type. `example`: the members of an element of it. */
function rowOf(example: ReturnType<typeof describeTypes>[number]['element']): string {
  const [characters, bytes] = formulas(example);
  const options = (OPTIONS[example.type!] ?? []).map(([words, members]) => {
    const [inCharacters, inBytes] = formulas({ ...example, ...members });
    return `${words}: \`${inCharacters}\`${inBytes === inCharacters ? '' : `, \`${inBytes}\` bytes`}`;
  });
  return `| \`${example.type}\` | \`${characters}\` | \`${bytes}\` | ${options.join('; ')} |`.replace('|  |', '| |');
}

const ROWS = describeTypes().map(({ element }) => rowOf(element));

/** Most scripts have letters of one width; the table does not name them all. */
const isOther = (name: string): boolean =>
  isStableAlphabet(name) && name.endsWith(' letters') && !name.startsWith('half');

describe('docs/policy/types.md', () => {
  const rows = readFileSync(new URL('../../../docs/policy/types.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));

  test('has the width of every element type, and with every option that changes it', () => {
    expect(rows.slice(0, ROWS.length)).toEqual(ROWS);
  });

  test('has the bytes of every built-in alphabet', () => {
    const element = { method: 'tokenization', type: 'unicode', shortData: 'error' };
    const byBytes = Map.groupBy(builtInAlphabetNames, (alphabet) => formulas({ ...element, alphabet })[1]);
    const expected = [...byBytes].map(([bytes, names]) => {
      const listed =
        bytes === 'n' ? [...names.filter((name) => !isOther(name)), 'the letters of every other script'] : names;
      return `| \`${bytes}\` | ${listed.join(', ')} |`;
    });
    expect(rows.slice(-byBytes.size)).toEqual(expected.toSorted());
    expect(rows).toHaveLength(ROWS.length + byBytes.size);
  });
});

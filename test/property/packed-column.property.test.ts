import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import { cellsOf, countFilled, countValues, PackedColumn, packedOf } from '../../lib/protect/columns/packed-column.ts';
import { compileMethod } from '../../lib/protect/methods/registry.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';
import { elementOf, fixedKeyContext } from '../support/fixed-key.ts';
import { countingKeyring } from '../support/element-method.ts';

const sample = parsePolicy(
  JSON.parse(readFileSync(new URL('../../lib/local/sample/policy.json', import.meta.url), 'utf8')),
);
const policy = compilePolicy(
  { version: '1', content: { policy: sample, mapping: {}, keyring: countingKeyring() } },
  randomBytes,
);
const packedElements = policy.elements.names().filter((name) => policy.method(name).packed !== undefined);

const value = fc.oneof(
  fc.stringMatching(/^\d{3}-\d\d-\d{4}$/),
  fc.stringMatching(/^[A-Za-zé]{5,12} [A-Za-zß]{5,12}$/u),
  fc.stringMatching(/^[a-z]{6,9}@[a-z]{6,9}\.com$/),
  fc.stringMatching(/^4\d{15}$/),
  fc.constantFrom('', '1980-02-29', '2000-12-31', 'DE89370400440532013000'),
);
const columns = fc.array(fc.option(value), { maxLength: 30, size: 'max' });

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof RefusedError) return { code: error.code, row: error.row };
    throw error;
  }
}

const packed = (column: readonly (string | null)[]): PackedColumn => packedOf(column) as PackedColumn;

describe('packed columns', () => {
  test('hold their cells and count their values', () => {
    fc.assert(
      fc.property(columns, (column) => {
        expect(packed(column).cells()).toEqual(column);
        expect(countValues(packed(column))).toBe(countValues(column));
        expect(countValues(column)).toBe(column.filter((cell) => cell !== null).length);
        expect(countFilled(packed(column))).toBe(countFilled(column));
        expect(countFilled(column)).toBe(column.filter((cell) => cell !== null && cell !== '').length);
      }),
    );
  });

  test('are not made from columns with numbers or booleans', () => {
    for (const cell of [1, true]) expect(packedOf(['a', cell])).toEqual(['a', cell]);
  });

  test('are taken by most methods over characters', () => {
    const types = new Set(packedElements.map((name) => policy.definition(name).type));
    expect([...types]).toEqual(expect.arrayContaining(['numeric', 'unicode-script', 'credit-card', 'date', 'email']));
  });

  const others = [
    ['unicode', elementOf('unicode', { shortData: 'as-is', alphabet: 'letters' })],
    ['positions', elementOf('alpha-numeric', { shortData: 'as-is', preservePosition: true })],
    ['longer tokens', elementOf('numeric', { shortData: 'as-is', preserveLength: false })],
    ['numbers', elementOf('numeric', { shortData: 'as-is', leadingZero: 'preserve' })],
    ['folded addresses', elementOf('email', { shortData: 'as-is', letterCase: 'fold' })],
    [
      'folded clear parts',
      elementOf('upper-case-alpha-numeric', { shortData: 'as-is', fromLeft: 2, foldClearParts: true }),
    ],
    ['FPE', elementOf('fpe-alpha-numeric', { method: 'fpe', shortData: 'as-is' })],
  ] as const;
  const methods = [
    ...packedElements.map((name) => [name, policy.method(name)] as const),
    ...others.map(([name, element]) => [name, compileMethod(element, fixedKeyContext())] as const),
  ];

  test.each(methods)('%s: are protected, unprotected and refused as their cells are', (_, method) => {
    for (const direction of ['protect', 'unprotect'] as const) {
      fc.assert(
        fc.property(columns, (column) => {
          const expected = outcome(() => method[direction](column, undefined));
          const actual = outcome(() => {
            const { column: result, ...counts } = method.packed![direction](packed(column), undefined);
            return { column: cellsOf(result), ...counts };
          });
          expect(actual).toEqual(expected);
        }),
      );
    }
  });
});

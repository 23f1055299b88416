// Columns in which values repeat: methods of texts take each value once.
import { describe, expect, test } from '@jest/globals';
import { compileMethod } from '../../../../lib/protect/methods/registry.ts';
import { attempt } from '../../../../lib/base/attempt.ts';
import type { Cell } from '../../../../lib/base/cell.ts';
import { elementOf, fixedKeyContext } from '../../../support/fixed-key.ts';

const VALUES = ['900-12-3456', '123-45-6789', '4111111111111111', '2000-02-29', 'Ann.Lee@example.com', 'Zoë Ånström'];
const ELEMENTS = [
  ['numeric', elementOf('numeric', { shortData: 'as-is' })],
  ['weak', elementOf('upper-case-alpha', { shortData: 'weak-token' })],
  ['clear parts', elementOf('alpha-numeric', { shortData: 'as-is', fromLeft: 2, fromRight: 1 })],
  ['positions', elementOf('alpha-numeric', { shortData: 'as-is', preservePosition: true })],
  ['longer', elementOf('printable', { shortData: 'as-is', preserveLength: false })],
  ['scripts', elementOf('unicode-script', { shortData: 'weak-token' })],
] as const;

/** 700 rows of few distinct cells, in no order. */
function repeated(cells: readonly Cell[]): Cell[] {
  return Array.from({ length: 700 }, (_, row) => cells[(row * 7919) % cells.length]!);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('a column in which values repeat', () => {
  test.each(ELEMENTS)('has the tokens and counts of its values: %s', (_, element) => {
    const method = compileMethod(element, fixedKeyContext());
    const values = [...VALUES, null, '', 'ab', '12', '...'];
    const taken = values.filter((cell) => attempt(() => method.protect([cell], undefined)).ok);
    const tokens = taken.map((cell) => method.protect([cell], undefined).column[0]!);
    for (const [direction, cells] of [
      ['protect', taken],
      ['unprotect', tokens],
    ] as const) {
      expect(cells.length).toBeGreaterThan(4);
      // Twice: a method that has counted values takes another way from then on.
      for (const column of [repeated(cells), repeated(cells)]) {
        const singles = column.map((cell) => method[direction]([cell], undefined));
        expect(method[direction](column, undefined)).toMatchObject({
          column: singles.map((single) => single.column[0]),
          weakCount: sum(singles.map(({ weakCount }) => weakCount)),
          clearCount: sum(singles.map(({ clearCount }) => clearCount)),
        });
      }
    }
  });

  test('is refused at the first row of a bad value', () => {
    const method = compileMethod(elementOf('email', { shortData: 'error' }), fixedKeyContext());
    const column = repeated(['ann.lee@example.com', 'bob.ray@example.com', null]);
    column[612] = 'bad';
    column[503] = 'bad';
    expect(() => method.protect(column, undefined)).toThrow(
      expect.objectContaining({ code: 'EMAIL_INVALID', row: 503 }),
    );
  });

  test('keeps cells apart that differ in type', () => {
    const method = compileMethod(elementOf('numeric', { shortData: 'as-is' }), fixedKeyContext());
    const column = repeated(['123456789', '987654321', null]);
    column[400] = 123_456_789;
    expect(() => method.protect(column, undefined)).toThrow(
      expect.objectContaining({ code: 'WRONG_DATATYPE', row: 400 }),
    );
  });

  test('goes through the cipher once for each value', () => {
    const seen: number[] = [];
    const meter = (values: number, work: () => void): void => {
      seen.push(values);
      work();
    };
    const method = compileMethod(elementOf('numeric', { shortData: 'as-is' }), { ...fixedKeyContext(), meter });
    method.protect(repeated(['123456789', '987654321', null]), undefined);
    expect(seen).toEqual([2]);
  });
});

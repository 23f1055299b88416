import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Cell, Column } from '../../../lib/base/cell.ts';
import { countBadValues, findBadValues } from '../../../lib/protect/bad-values.ts';
import { notingRefusals, RefusedError, refuseValue } from '../../../lib/protect/refusal.ts';

/** Refuses values as methods do: all of the column for one fault, then all of it for the next. Notes its work. */
function refusing(...faults: readonly string[]) {
  const sizes: number[] = [];
  const work = (part: Column): void => {
    sizes.push(part.length);
    for (const fault of faults) {
      const row = part.findIndex((cell) => String(cell).includes(fault));
      if (row >= 0) throw new RefusedError('CONTENT_INVALID', { row, detail: fault });
    }
  };
  return { work, sizes };
}

/** Refuses values as most methods do: in one pass, each for its first fault. Throws for `late` faults, behind that pass. */
function noting(early: readonly string[], late: string) {
  const sizes: number[] = [];
  const work = (part: Column): void => {
    sizes.push(part.length);
    for (const [row, cell] of part.entries()) {
      for (const fault of early) {
        if (String(cell).includes(fault)) refuseValue('CONTENT_INVALID', { row, detail: fault });
      }
    }
    const row = part.findIndex(
      (cell) => String(cell).includes(late) && !early.some((fault) => String(cell).includes(fault)),
    );
    if (row >= 0) throw new RefusedError('CONTENT_INVALID', { row, detail: late });
  };
  return { work, sizes };
}

/** Refuses every cell, which is a number, for a limit of its own. */
function refusingByLimit(part: Column): void {
  for (const [row, cell] of part.entries()) {
    refuseValue('INPUT_TOO_LONG', { row, limit: { is: 'at most', count: Number(cell), of: 'byte' } });
  }
}

const refuse = (): void => refuseValue('CONTENT_INVALID', { row: 0 });

function found(column: Column, work: (part: Column) => void, size: number): [row: number, fault: string | undefined][] {
  const all: [number, string | undefined][] = [];
  findBadValues(column, work, size, (row, { detail }) => all.push([row, detail]) > 0);
  return all.toSorted(([a], [b]) => a - b);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('the search for bad values', () => {
  test('finds exactly the values that are refused alone, each once, with the first fault of the value', () => {
    const columns = fc.array(fc.constantFrom<Cell>('good', 'x', 'y', 'xy', null, ''), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 70 }), (column, size) => {
        const { work } = refusing('x', 'y');
        const expected = column.flatMap((cell, row) =>
          String(cell).includes('x') ? [[row, 'x']] : String(cell).includes('y') ? [[row, 'y']] : [],
        );
        expect(found(column, work, size)).toEqual(expected);
      }),
    );
  });

  test('finds each value once, with its first fault, where the method goes on behind a bad value', () => {
    const columns = fc.array(fc.constantFrom<Cell>('good', 'x', 'y', 'z', 'xy', 'xz', null, ''), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 70 }), (column, size) => {
        const { work } = noting(['x', 'y'], 'z');
        const expected = column.flatMap((cell, row) => {
          const fault = ['x', 'y', 'z'].find((each) => String(cell).includes(each));
          return fault === undefined ? [] : [[row, fault]];
        });
        expect(found(column, work, size)).toEqual(expected);
      }),
    );
  });

  test('takes one call where the method goes on behind each bad value, and makes one refusal for all of one fault', () => {
    const column = Array.from({ length: 20_000 }, (_, row) => 'xy'[row % 3] ?? 'good');
    const { work, sizes } = noting(['x', 'y'], 'z');
    const refusals = new Set<RefusedError>();
    findBadValues(column, work, column.length, (_, refusal) => refusals.add(refusal).size > 0);
    expect(sizes).toEqual([20_000]);
    expect(Array.from(refusals, ({ detail, row }) => [detail, row])).toEqual([
      ['x', undefined],
      ['y', undefined],
    ]);
    expect(countBadValues(column, work)).toEqual({ count: 1000, orMore: true });
  });

  test('tells refusals with other limits apart', () => {
    const limits: unknown[] = [];
    findBadValues([1, 2, 1], refusingByLimit, 3, (_, { limit }) => limits.push(limit) > 0);
    expect(limits).toMatchObject([{ count: 1 }, { count: 2 }, { count: 1 }]);
  });

  test('notes nothing outside of it, nor where the work asks for errors', () => {
    expect(refuse).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID', row: 0 }));
    const rows: unknown[] = [];
    findBadValues(
      ['x'],
      () => notingRefusals(undefined, refuse),
      1,
      (_, { row }) => rows.push(row) > 0,
    );
    expect(rows).toEqual([0]);
    expect(refuse).toThrow(RefusedError);
  });

  test('of a good column is one call with the column itself', () => {
    const column = ['a', 'b'];
    let seen: unknown;
    findBadValues(
      column,
      (part) => void (seen = part),
      column.length,
      () => true,
    );
    expect(seen).toBe(column);
  });

  test('takes a few passes, however many values are bad', () => {
    for (const every of [10_000, 1000, 100, 10, 1]) {
      const column = Array.from({ length: 20_000 }, (_, row) => (row % every === every - 1 ? 'x' : 'good'));
      const { work, sizes } = refusing('x');
      expect(found(column, work, column.length)).toHaveLength(20_000 / every);
      // A refused part is read up to its bad value only; the first call is the request's own pass.
      expect(sum(sizes.slice(1))).toBeLessThan(6 * column.length);
    }
  });

  test('stops when no more is wanted', () => {
    const { work, sizes } = refusing('x');
    findBadValues(Array<Cell>(1000).fill('x'), work, 1, () => false);
    expect(sizes).toEqual([1]);
  });

  test('passes on what is about no single value, and every other error', () => {
    for (const error of [new RefusedError('IV_TOO_LONG'), new TypeError('bug')]) {
      const work = (): never => {
        throw error;
      };
      expect(() => findBadValues(['a'], work, 1, () => true)).toThrow(error);
    }
  });

  test('leaves the stack traces of later errors as they were', () => {
    const before = Error.stackTraceLimit;
    let within: number | undefined;
    findBadValues(
      ['x'],
      () => void (within = Error.stackTraceLimit),
      1,
      () => true,
    );
    expect([within, Error.stackTraceLimit]).toEqual([0, before]);
    expect(() =>
      findBadValues(
        ['x'],
        () => JSON.parse('{'),
        1,
        () => true,
      ),
    ).toThrow(SyntaxError);
    expect(Error.stackTraceLimit).toBe(before);
  });
});

const failing = (error: Error) => (): never => {
  throw error;
};

describe('the count of bad values', () => {
  test.each([
    ['all of them where they are few', 100, 50, { count: 50, orMore: false }],
    ['a thousand of a large batch, and says that there may be more', 100_000, 5000, { count: 1000, orMore: true }],
    ['what 95 calls find in a batch of two thousand', 2000, 2000, { count: 95, orMore: true }],
  ])('is %s', (_, size, bad, counted) => {
    const column = [...Array<Cell>(size - bad).fill('good'), ...Array<Cell>(bad).fill('x')];
    const { work, sizes } = refusing('x');
    expect(countBadValues(column, work)).toEqual(counted);
    expect(sizes.length).toBeLessThanOrEqual(64 + size / 64);
  });

  test('calls the method seldom with few values, which take its cipher as long as many', () => {
    for (const every of [2, 20, 200]) {
      const column = Array.from({ length: 20_000 }, (_, row) => (row % every === every - 1 ? 'x' : 'good'));
      let finished = 0;
      const work = (part: Column): void => {
        refusing('x').work(part);
        finished++;
      };
      findBadValues(column, work, 1, () => true);
      expect(finished).toBeLessThan(20);
    }
  });

  test('is not known where the batch is refused for another reason, and hides no bug', () => {
    expect(countBadValues(['a'], failing(new RefusedError('IV_TOO_LONG')))).toBeUndefined();
    expect(() => countBadValues(['a'], failing(new TypeError('bug')))).toThrow(TypeError);
  });
});

// Finds the values of a column that a method refuses. A method throws for one value at a time, and most columns have
// none, so good columns pay nothing for this: it runs after a refusal, or for a check.

import type { Column } from '../base/cell.ts';
import { type BadValues, RefusedError } from './refusal.ts';

/** Counting stops here: the message needs no better figure, and each bad value costs a call. */
export const MAX_COUNTED = 1000;

/** Carries out the operation on part of a column. Throws `RefusedError` with the row of a value that it does not take. */
type Work = (part: Column) => void;

/** Counts the values that `work` refuses, up to 1,000; undefined if it refuses something else than a value. */
export function countBadValues(column: Column, work: Work): BadValues | undefined {
  let count = 0;
  try {
    findBadValues(column, work, 1, () => ++count < MAX_COUNTED);
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
  return { count, orMore: count === MAX_COUNTED };
}

/**
 * Calls `found` for every value that `work` refuses, until it returns false; the order is not that of the rows.
 * `work` first gets `size` values, and after each success twice as many: a column with few bad values costs little more
 * than one pass. Throws any other error of `work`, and refusals that are about no single value.
 */
export function findBadValues(
  column: Column,
  work: Work,
  size: number,
  found: (row: number, refusal: RefusedError) => boolean,
): void {
  // The refusals are caught here, so that their stack traces are of no use: they would be most of the cost.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    search(0, column.length, size);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** Searches rows `from` to `to`; returns false if `found` wants no more. */
  function search(from: number, to: number, first: number): boolean {
    let at = from;
    let length = first;
    while (at < to) {
      const end = Math.min(to, at + length);
      const refusal = refusalOf(work, at === 0 && end === column.length ? column : column.slice(at, end));
      if (refusal === undefined) {
        at = end;
        length *= 2;
        continue;
      }
      const row = at + refusal.row;
      // A method checks in several passes, so a value before this one may fail a later pass.
      if (row > at && !search(at, row, row - at)) return false;
      if (!found(row, refusal)) return false;
      // The next bad value is perhaps as far as this one was.
      length = Math.max(1, row - at);
      at = row + 1;
    }
    return true;
  }
}

function refusalOf(work: Work, part: Column): (RefusedError & { readonly row: number }) | undefined {
  try {
    work(part);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError && error.row !== undefined) return error as RefusedError & { row: number };
    throw error;
  }
}

// Finds the values of a column that a method refuses. A method throws for one value at a time, and most columns have
// none, so good columns pay nothing for this: it runs after a refusal, or for a check.

import type { Column } from '../base/cell.ts';
import { withoutStackTraces } from '../base/stackless.ts';
import { type BadValues, RefusedError } from './refusal.ts';

/** Counting stops here: the message needs no better figure, and each bad value costs a call. */
const MAX_COUNTED = 1000;
/** Calls that counting may take: a call has a cost of its own, that of dozens of values. */
const LEAST_CALLS = 64;
const VALUES_PER_CALL = 64;

/** Carries out the operation on part of a column. Throws `RefusedError` with the row of a value that it does not take. */
type Work = (part: Column) => void;

/**
 * Counts the values that `work` refuses, up to 1,000, and in a number of calls that a small batch bounds earlier: with
 * `orMore` there may be others. Undefined if it refuses something else than a value.
 */
export function countBadValues(column: Column, work: Work): BadValues | undefined {
  let count = 0;
  let calls = LEAST_CALLS + column.length / VALUES_PER_CALL;
  const stopped = new Error('Counted enough');
  try {
    findBadValues(
      column,
      (part) => {
        if (--calls < 0) throw stopped;
        work(part);
      },
      1,
      () => ++count < MAX_COUNTED,
    );
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    if (error !== stopped) throw error;
    return { count, orMore: true };
  }
  return { count, orMore: count === MAX_COUNTED };
}

/**
 * Calls `found` for every value that `work` refuses, until it returns false; the order is not that of the rows.
 * `work` first gets `size` values, and after each success twice as many. What stands in front of a bad value may still fail a
 * later pass of the method: all of it is tried again at the end, together, because ciphers take few values as slowly as
 * many. Throws any other error of `work`, and refusals that are about no single value.
 */
export function findBadValues(
  column: Column,
  work: Work,
  size: number,
  found: (row: number, refusal: RefusedError) => boolean,
): void {
  withoutStackTraces(() => {
    let left = search(column, work, size, found);
    while (left.length > 0) {
      const rows = left;
      const part = rows.map((row) => column[row]!);
      left = search(part, work, part.length, (at, refusal) => found(rows[at]!, refusal)).map((at) => rows[at]!);
    }
  });
}

/** Searches a column; returns the rows that are still to be tried: none if `found` wants no more. */
function search(
  column: Column,
  work: Work,
  size: number,
  found: (row: number, refusal: RefusedError) => boolean,
): number[] {
  const left: number[] = [];
  let length = size;
  /** The last bad value. */
  let last = -1;
  for (let at = 0; at < column.length; ) {
    const end = Math.min(column.length, at + length);
    const refusal = refusalOf(work, at === 0 && end === column.length ? column : column.slice(at, end));
    if (refusal === undefined) {
      at = end;
      length *= 2;
      continue;
    }
    const row = at + refusal.row;
    if (!found(row, refusal)) return [];
    for (let good = at; good < row; good++) left.push(good);
    // A part should hold the next bad value: then the method refuses it before its cipher runs.
    length = 1 + SPREAD * (row - last - 1);
    last = row;
    at = row + 1;
  }
  return left;
}

/** The next bad value is perhaps as far as the last one was; within so many times that distance it nearly always is. */
const SPREAD = 4;

function refusalOf(work: Work, part: Column): (RefusedError & { readonly row: number }) | undefined {
  try {
    work(part);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError && error.row !== undefined) return error as RefusedError & { row: number };
    throw error;
  }
}

// Finds the values of a column that a method refuses. Most columns have none, so good columns pay nothing for this: it runs
// after a refusal, or for a check. Most refusals come while a method reads its column: they are noted, and the method goes
// on with the other values. What comes later is thrown, for one value at a time.

import type { Column } from '../base/cell.ts';
import { withoutStackTraces } from '../base/stackless.ts';
import { type BadValues, type Limit, type NoteRefusal, notingRefusals, RefusedError } from './refusal.ts';

/** Counting stops here: the message needs no better figure, and each bad value may cost a call. */
const MAX_COUNTED = 1000;
/** Calls that counting may take: a call has a cost of its own, that of dozens of values. */
const LEAST_CALLS = 64;
const VALUES_PER_CALL = 64;

/** Carries out the operation on part of a column. Throws `RefusedError` with the row of a value that it does not take. */
type Work = (part: Column) => void;

/** Hears of a bad value. Values with one fault share a refusal, which then names no row. Returns whether it wants more. */
type Found = (row: number, refusal: RefusedError) => boolean;

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
      MAX_COUNTED,
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
 * `work` first gets `size` values, and after each success twice as many. What stands in front of a value that it threw for
 * may still fail a later pass of the method: all of it is tried again at the end, together, because ciphers take few values
 * as slowly as many. Throws any other error of `work`, and refusals that are about no single value.
 */
export function findBadValues(column: Column, work: Work, size: number, found: Found): void {
  const kinds: RefusedError[] = [];
  withoutStackTraces(() => {
    let left = search(column, work, size, kinds, found);
    while (left.length > 0) {
      const rows = left;
      const part = rows.map((row) => column[row]!);
      left = search(part, work, part.length, kinds, (at, refusal) => found(rows[at]!, refusal)).map((at) => rows[at]!);
    }
  });
}

/** Searches a column; returns the rows that are still to be tried: none if `found` wants no more. */
function search(column: Column, work: Work, size: number, kinds: RefusedError[], found: Found): number[] {
  const left: number[] = [];
  let length = size;
  /** The last value that `work` threw for. */
  let last = -1;
  for (let at = 0; at < column.length; ) {
    const end = Math.min(column.length, at + length);
    const { noted, thrown } = refusalsOf(
      work,
      at === 0 && end === column.length ? column : column.slice(at, end),
      kinds,
    );
    // What was noted behind a thrown refusal is noted again.
    const known = thrown === undefined ? end - at : thrown.row;
    for (let row = 0; row < Math.min(known, noted.length); row++) {
      const refusal = noted[row];
      if (refusal !== undefined && !found(at + row, refusal)) return [];
    }
    if (thrown === undefined) {
      at = end;
      length *= 2;
      continue;
    }
    const row = at + known;
    if (!found(row, noted[known] ?? thrown)) return [];
    for (let good = 0; good < known; good++) if (noted[good] === undefined) left.push(at + good);
    // A part should hold the next bad value: then the method refuses it before its cipher runs.
    length = 1 + SPREAD * (row - last - 1);
    last = row;
    at = row + 1;
  }
  return left;
}

/** The next bad value is perhaps as far as the last one was; within so many times that distance it nearly always is. */
const SPREAD = 4;

interface Refusals {
  /** The first refusal of each row; empty where none was noted. */
  readonly noted: readonly (RefusedError | undefined)[];
  readonly thrown: (RefusedError & { readonly row: number }) | undefined;
}

/** Carries out the operation, and returns what it refused. */
function refusalsOf(work: Work, part: Column, kinds: RefusedError[]): Refusals {
  let noted: (RefusedError | undefined)[] = [];
  const note: NoteRefusal = (code, facts) => {
    if (noted.length === 0) noted = new Array<RefusedError | undefined>(part.length);
    if (noted[facts.row] !== undefined) return;
    const isOfKind = (kind: RefusedError): boolean =>
      kind.code === code && kind.detail === facts.detail && isSame(kind.limit, facts.limit);
    let refusal = kinds.find(isOfKind);
    if (refusal === undefined) {
      const { row: _row, ...shared } = facts;
      refusal = new RefusedError(code, shared);
      if (kinds.length < MAX_KINDS) kinds.push(refusal);
    }
    noted[facts.row] = refusal;
  };
  try {
    notingRefusals(note, () => work(part));
    return { noted, thrown: undefined };
  } catch (error) {
    if (!(error instanceof RefusedError) || error.row === undefined) throw error;
    return { noted, thrown: error as RefusedError & { row: number } };
  }
}

/** Kinds of fault that values share a refusal for. A method has a few. */
const MAX_KINDS = 16;

function isSame(one: Limit | undefined, other: Limit | undefined): boolean {
  if (one === other || one === undefined || other === undefined) return one === other;
  const members = Object.entries(one) as [keyof Limit, unknown][];
  return members.every(([name, value]) => other[name] === value);
}

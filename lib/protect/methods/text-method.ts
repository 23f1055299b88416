import type { Cell, Column } from '../../base/cell.ts';
import type { Direction } from '../../crypto/direction.ts';
import { PackedColumn } from '../columns/packed-column.ts';
import { type ColumnText, cutColumn, joinColumn } from '../columns/column-text.ts';
import { attempt } from '../../base/attempt.ts';
import { firstEqualRows, hashOfText } from '../../base/equal-rows.ts';
import { notingRefusals } from '../refusal.ts';
import type { ColumnResult, Method, ValueCounts } from './method.ts';

/** The transformed texts of a column. */
export interface TextResult extends ValueCounts {
  readonly text: ColumnText;
}

/**
 * Turns a transform of texts into a method, for packed columns too. Null and empty rows stay as they are. The transform
 * may work in place; its result is valid until its next call.
 *
 * @param first - Transforms columns of cells that it knows a faster way for, and returns undefined for others
 */
export function textMethod(
  transform: (direction: Direction, text: ColumnText, externalIv: string | undefined) => TextResult,
  first?: (direction: Direction, column: Column, externalIv: string | undefined) => ColumnResult | undefined,
): Method {
  const cells = (direction: Direction) => {
    const all = (column: Column, externalIv: string | undefined): ColumnResult => {
      const done = first?.(direction, column, externalIv);
      if (done !== undefined) return done;
      const { text, ...counts } = transform(direction, joinColumn(column), externalIv);
      return { column: cutColumn(text, column), ...counts };
    };
    /** Whether values of this element are counted, each of their rows. */
    let isCounted = false;
    return (column: Column, externalIv: string | undefined): ColumnResult => {
      const distinct = isCounted ? undefined : distinctCells(column);
      if (distinct === undefined) return all(column, externalIv);
      const done = attempt(() => notingRefusals(undefined, () => all(distinct.cells, externalIv)));
      if (done.ok) {
        isCounted = done.value.weakCount + done.value.clearCount > 0;
        if (!isCounted) return { ...done.value, column: distinct.spread(done.value.column) };
      }
      // Refusals and counts are about rows.
      return all(column, externalIv);
    };
  };
  const packed = (direction: Direction) => (column: PackedColumn, externalIv: string | undefined) => {
    const { text, ...counts } = transform(direction, column.text, externalIv);
    return { column: new PackedColumn(text, column.nulls), ...counts };
  };
  return {
    protect: cells('encrypt'),
    unprotect: cells('decrypt'),
    packed: { protect: packed('encrypt'), unprotect: packed('decrypt') },
  };
}

/** The distinct cells of a column. */
interface DistinctCells {
  readonly cells: Column;
  /** Brings what became of them to all rows. */
  readonly spread: (results: readonly Cell[]) => Cell[];
}

/** Returns the distinct cells of a column; undefined where too few are equal for that to pay. */
function distinctCells(column: Column): DistinctCells | undefined {
  const first = firstEqualRows({
    count: column.length,
    hash: (row) => {
      const cell = column[row];
      return typeof cell === 'string' ? hashOfText(cell) : 0;
    },
    areEqual: (one, other) => column[one] === column[other],
  });
  if (first === undefined) return undefined;
  const cells: Cell[] = [];
  const places = first;
  for (let row = 0; row < column.length; row++) {
    if (first[row] !== row) places[row] = places[first[row]!]!;
    else {
      places[row] = cells.length;
      cells.push(column[row]!);
    }
  }
  return {
    cells,
    spread: (results) => {
      const spread = new Array<Cell>(column.length);
      for (let row = 0; row < column.length; row++) spread[row] = results[places[row]!]!;
      return spread;
    },
  };
}

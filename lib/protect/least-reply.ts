// The fewest bytes that a batch can be answered with: what the reply limit refuses in the end is refused before the work.

import { traitsOf } from '../policy/element-types.ts';
import type { Batch } from './batch.ts';
import { type AnyColumn, PackedColumn } from './columns/packed-column.ts';
import type { CompiledPolicy } from './compile.ts';

/** A value of a reply has a comma and two quotation marks, or at least a digit and a comma. */
const LEAST_CELL_BYTES = 2;

/** Below so many bytes a lower bound need not be exact: UTF-8 has one to three bytes for each UTF-16 unit. */
const WORTH_COUNTING = 2 ** 20;
const MOST_BYTES_OF_UNIT = 3;

/** Returns a lower bound of the bytes of JSON that the batch's answered values take. */
export function leastReply(policy: CompiledPolicy, batch: Batch): number {
  const factor = leastFactor(policy, batch);
  const cells = LEAST_CELL_BYTES * batch.column.length;
  const units = unitsOf(batch.column);
  const isSmall = MOST_BYTES_OF_UNIT * factor * units < WORTH_COUNTING;
  return cells + factor * (isSmall ? units : utf8Bytes(batch.column));
}

function leastFactor(policy: CompiledPolicy, { operation, element, oldElement }: Batch): number {
  const least = (name: string) => {
    const definition = policy.definition(name);
    return traitsOf(definition).growth.least(definition);
  };
  switch (operation) {
    case 'Protect':
      return least(element).protect;
    case 'Unprotect':
      return least(element).unprotect;
    case 'Reprotect':
      return oldElement === undefined ? 0 : least(oldElement).unprotect * least(element).protect;
    default:
      return 0;
  }
}

function unitsOf(column: AnyColumn): number {
  if (column instanceof PackedColumn) return column.text.ends.at(-1) ?? 0;
  let units = 0;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (typeof cell === 'string') units += cell.length;
  }
  return units;
}

function utf8Bytes(column: AnyColumn): number {
  if (column instanceof PackedColumn) return bytesOfUnits(column.text.units.subarray(0, unitsOf(column)));
  let bytes = 0;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (typeof cell === 'string') bytes += Buffer.byteLength(cell);
  }
  return bytes;
}

/** Counts a surrogate as two bytes: a pair has four. */
function bytesOfUnits(units: Uint16Array): number {
  let bytes = units.length;
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    if (unit >= 0x80) bytes += unit < 0x800 || (unit & 0xf800) === 0xd800 ? 1 : 2;
  }
  return bytes;
}

import { scratch } from '../../../base/scratch.ts';
import { MAX_TWEAK } from '../../tweak.ts';
import type { ColumnTweaks } from './tweaks.ts';
import type { Numerals } from './write.ts';

/** Values of equal length and equal tweak length, which FF1 takes as one batch. */
export interface Group {
  /** In row order. */
  readonly rows: Uint32Array;
  readonly length: number;
  readonly tweakLength: number;
}

interface CountedGroup {
  readonly index: number;
  readonly length: number;
  readonly tweakLength: number;
  count: number;
}

/** The group of a row that has no numerals. */
const NONE = 0xffffffff;

const groupScratch = scratch(Uint32Array);

/** Groups the rows that have numerals by length and tweak length, each group in row order. */
export function groupRows({ starts }: Numerals, tweaks: ColumnTweaks): readonly Group[] {
  const rows = starts.length - 1;
  const only = tweaks.shared === undefined ? undefined : onlyLength(starts);
  if (only !== undefined) return [{ rows: firstRows(rows), length: only, tweakLength: tweaks.shared!.length }];
  const groupOfRow = groupScratch(rows);
  const groups = new Map<number, CountedGroup>();
  let group: CountedGroup | undefined;
  let groupKey = -1;
  for (let row = 0; row < rows; row++) {
    const length = starts[row + 1]! - starts[row]!;
    if (length === 0) {
      groupOfRow[row] = NONE;
      continue;
    }
    const tweakLength = tweaks.shared?.length ?? tweaks.lengths![row]!;
    const key = length * (MAX_TWEAK + 1) + tweakLength;
    if (group === undefined || key !== groupKey) {
      group = groups.get(key);
      if (group === undefined) {
        group = { index: groups.size, length, tweakLength, count: 0 };
        groups.set(key, group);
      }
      groupKey = key;
    }
    groupOfRow[row] = group.index;
    group.count++;
  }
  const filled = Array.from(groups.values(), ({ length, tweakLength, count }) => ({
    rows: new Uint32Array(count),
    length,
    tweakLength,
  }));
  const ends = new Uint32Array(filled.length);
  for (let row = 0; row < rows; row++) {
    const index = groupOfRow[row]!;
    if (index !== NONE) filled[index]!.rows[ends[index]!++] = row;
  }
  return filled;
}

/** Returns the length that all rows have; undefined where there is none, or where it is 0. */
function onlyLength(starts: Uint32Array): number | undefined {
  const length = starts[1]! - starts[0]!;
  for (let row = 2; row < starts.length; row++) if (starts[row]! - starts[row - 1]! !== length) return undefined;
  return length > 0 ? length : undefined;
}

function firstRows(count: number): Uint32Array {
  const rows = new Uint32Array(count);
  for (let row = 1; row < count; row++) rows[row] = row;
  return rows;
}

/** Copies the numerals of a group's rows into a new buffer, row after row. Those of a single row are a view of it. */
export function gather({ numerals, starts }: Numerals, { rows, length }: Group): Uint16Array {
  // A column whose values all differ in length has as many groups as values.
  if (rows.length === 1) {
    const from = starts[rows[0]!]!;
    return numerals.subarray(from, from + length);
  }
  const gathered = new Uint16Array(rows.length * length);
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = starts[rows[i]!]!;
    for (let j = 0; j < length; j++) gathered[to++] = numerals[from + j]!;
  }
  return gathered;
}

/** Copies the numerals of `gather` back to their rows. */
export function scatter(gathered: Uint16Array, { numerals, starts }: Numerals, { rows, length }: Group): void {
  if (gathered.buffer === numerals.buffer) return;
  for (let i = 0, from = 0; i < rows.length; i++) {
    const to = starts[rows[i]!]!;
    for (let j = 0; j < length; j++) numerals[to + j] = gathered[from++]!;
  }
}

/** Copies the tweaks of a group's rows from their slots of 40 bytes into a new buffer, one after the other. */
export function gatherTweaks(slots: Uint8Array, { rows, tweakLength }: Group): Uint8Array {
  const gathered = new Uint8Array(rows.length * tweakLength);
  for (let i = 0, to = 0; i < rows.length; i++) {
    const from = rows[i]! * MAX_TWEAK;
    for (let j = 0; j < tweakLength; j++) gathered[to++] = slots[from + j]!;
  }
  return gathered;
}

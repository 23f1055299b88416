import { MAX_TWEAK } from '../../tweak.ts';
import type { ColumnTweaks } from './tweaks.ts';
import type { Numerals } from './write.ts';

/** Values of equal length and equal tweak length, which one call of the cipher takes together. */
interface Group {
  readonly rows: number[];
  readonly length: number;
  readonly tweakLength: number;
}

/** Groups the rows that have numerals by length and tweak length, each group in row order. */
export function groupRows({ starts }: Numerals, tweaks: ColumnTweaks): Iterable<Group> {
  const groups = new Map<number, Group>();
  let group: Group | undefined;
  let groupKey = -1;
  for (let row = 0; row < starts.length - 1; row++) {
    const length = starts[row + 1]! - starts[row]!;
    if (length === 0) continue;
    const tweakLength = tweaks.shared?.length ?? tweaks.lengths![row]!;
    const key = length * (MAX_TWEAK + 1) + tweakLength;
    if (group === undefined || key !== groupKey) {
      group = groups.get(key);
      if (group === undefined) {
        group = { rows: [], length, tweakLength };
        groups.set(key, group);
      }
      groupKey = key;
    }
    group.rows.push(row);
  }
  return groups.values();
}

/** Copies the numerals of a group's rows into a new buffer, row after row. Those of a single row are a view of it. */
export function gather({ numerals, starts }: Numerals, { rows, length }: Group): Uint16Array {
  // A column whose values all differ in length has as many groups as values.
  if (rows.length === 1) return numerals.subarray(starts[rows[0]!]!, starts[rows[0]!]! + length);
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

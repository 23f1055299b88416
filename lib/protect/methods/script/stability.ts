import type { ColumnText } from '../../columns/column-text.ts';
import { isNormal } from '../../columns/normal-form.ts';
import type { KindTables } from './kinds.ts';
import type { Pattern } from './pattern.ts';
import type { ScriptScan } from './scan.ts';
import type { IsStable } from './script-cipher.ts';
import { writeCharacter } from './write.ts';

/** Returns the check of a row's text, with other characters in the places of those that have a kind. */
export function stabilityOf({ units, ends }: ColumnText, { places, starts }: ScriptScan, tables: KindTables): IsStable {
  let copy = new Uint16Array(64);
  return (row, pattern: Pattern, ranks, at) => {
    const from = row === 0 ? 0 : ends[row - 1]!;
    const to = ends[row]!;
    if (copy.length < to - from) copy = new Uint16Array(2 * (to - from));
    for (let i = from; i < to; i++) copy[i - from] = units[i]!;
    for (let i = 0; i < pattern.kinds.length; i++) {
      writeCharacter(copy, places[starts[row]! + i]! - from, tables, pattern.kinds[i]!, ranks[at + i]!);
    }
    return isNormal(copy, to - from);
  };
}

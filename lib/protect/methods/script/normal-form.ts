import { type ColumnText, cutColumn, joinColumn } from '../../columns/column-text.ts';
import { RefusedError } from '../../refusal.ts';
import type { KindTables } from './kinds.ts';
import type { Pattern } from './pattern.ts';
import type { ScriptScan } from './scan.ts';
import type { IsStable } from './script-cipher.ts';
import { writeCharacter } from './write.ts';

/** All code points below equal their own NFC form, and none composes with another. */
const FIRST_TO_COMPOSE = 0x300;

/**
 * Brings every value into NFC (Unicode Standard Annex 15). `refuse`: throws `RefusedError` `NOT_NORMALIZED` for the
 * first value in another form.
 */
export function normalizeColumn(text: ColumnText, normalize: 'nfc' | 'refuse'): ColumnText {
  const { units, ends } = text;
  const length = ends.at(-1) ?? 0;
  let seen = 0;
  for (let i = 0; i < length; i++) seen |= units[i]!;
  if (seen < FIRST_TO_COMPOSE) return text;
  // A part of a text in NFC is in NFC.
  const joined = Buffer.from(units.buffer, units.byteOffset, 2 * length).toString('utf16le');
  if (joined.normalize('NFC') === joined) return text;
  const values = cutColumn(text, () => false) as string[];
  if (normalize === 'refuse') {
    const row = values.findIndex((value) => value.normalize('NFC') !== value);
    if (row >= 0) throw new RefusedError('NOT_NORMALIZED', { row });
    return text;
  }
  return joinColumn(values.map((value) => value.normalize('NFC')));
}

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
    const text = Buffer.from(copy.buffer, 0, 2 * (to - from)).toString('utf16le');
    return text.normalize('NFC') === text;
  };
}

import { type ColumnText, cutTexts, joinColumn } from './column-text.ts';
import { RefusedError } from '../refusal.ts';

/** All code points below equal their own NFC form, and none composes with another. */
export const FIRST_TO_COMPOSE = 0x300;

/**
 * The most steps of a walk to a token that equals its NFC form. Nearly all take one to ten; a value whose marks leave no
 * such token within reach is refused, because the walk would not end in time.
 */
export const MAX_WALK = 4000;

/** Tells whether the first `length` units are a text that equals its NFC form. */
export function isNormal(units: Uint16Array, length: number): boolean {
  const text = Buffer.from(units.buffer, units.byteOffset, 2 * length).toString('utf16le');
  return text.normalize('NFC') === text;
}

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
  if (isNormal(units, length)) return text;
  const values = cutTexts(text);
  if (normalize === 'refuse') {
    const row = values.findIndex((value) => value.normalize('NFC') !== value);
    if (row >= 0) throw new RefusedError('NOT_NORMALIZED', { row });
    return text;
  }
  return joinColumn(values.map((value) => value.normalize('NFC')));
}

import { COMBINING } from './combining.data.ts';
import { expandRanges, mergeRanges } from './ranges.ts';

let known: ReadonlySet<number> | undefined;

/**
 * Tells whether a code point combines with the one before it: in a text of characters that equal their own NFC forms, only
 * these can make the text differ from its own.
 */
export function isCombining(point: number): boolean {
  known ??= new Set(expandRanges(mergeRanges(COMBINING.trim().split(/\s+/))));
  return known.has(point);
}

import { minimumLength } from '../../../crypto/ff1-domain.ts';
import { type RefusalCode, refuseValue } from '../../refusal.ts';
import type { NumeralCipher } from './cipher.ts';
import { type Scan, type ScanRules, scanColumn } from './scan.ts';
import type { TextTransform } from './token.ts';
import { columnTweaks } from './tweaks.ts';
import { type Numerals, resizeSymbols } from './write.ts';

/** The largest number of symbols: FF1 takes 4,096 numerals here, and the marker is one of them. */
export const MAX_MARKED_LENGTH = 4095;

/**
 * Makes tokens that are longer than their values: FF1 on 0 … 0, 1, value, where the marker 1 precedes the value. n
 * symbols become m = max(length of a domain of a million, n + 1). No value is too short, and none is weak.
 *
 * Unprotect refuses a text that protect never produces: one without marker, or with more zeros in front of it than n
 * needs.
 */
export function markedText(cipher: NumeralCipher, rules: ScanRules): TextTransform {
  const { symbols } = rules;
  const { radix } = symbols;
  const strong = minimumLength(radix);
  const tokenRules = { ...rules, maxLength: Math.max(strong, rules.maxLength + 1) };
  const least = rules.shortData === 'weak-token' ? 1 : rules.minLength;
  const invalid = rules.refusal ?? 'CONTENT_INVALID';
  return (direction, text, iv, limits) => {
    const scan = scanColumn(direction, text, direction === 'encrypt' ? rules : tokenRules, limits);
    const tweaks = columnTweaks(text, scan, rules, iv);
    if (direction === 'encrypt') {
      const marked = withMarker(scan, strong);
      cipher.permute('encrypt', { radix, tweaks, ...marked }, 0);
      return { text: resizeSymbols(text, scan, marked, symbols), weakCount: 0, clearCount: scan.clearCount };
    }
    cipher.permute('decrypt', { radix, tweaks, numerals: scan.numerals, starts: scan.starts }, 0);
    return {
      text: resizeSymbols(text, scan, withoutMarker(scan, strong, least, invalid), symbols),
      weakCount: 0,
      clearCount: scan.clearCount,
    };
  };
}

function withMarker({ numerals, starts }: Scan, strong: number): Numerals {
  const rows = starts.length - 1;
  const markedStarts = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    const n = starts[row + 1]! - starts[row]!;
    markedStarts[row + 1] = markedStarts[row]! + (n === 0 ? 0 : Math.max(strong, n + 1));
  }
  const marked = new Uint16Array(markedStarts[rows]!);
  for (let row = 0; row < rows; row++) {
    const from = starts[row]!;
    const end = starts[row + 1]!;
    if (from === end) continue;
    let to = markedStarts[row + 1]! - (end - from);
    marked[to - 1] = 1;
    for (let i = from; i < end; i++) marked[to++] = numerals[i]!;
  }
  return { numerals: marked, starts: markedStarts };
}

/**
 * Strips the markers and moves the values together, in the buffer of the tokens. Throws `RefusedError` with code
 * `invalid`.
 */
function withoutMarker({ numerals, starts }: Scan, strong: number, least: number, invalid: RefusalCode): Numerals {
  const rows = starts.length - 1;
  const valueStarts = new Uint32Array(rows + 1);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1]!;
    const m = end - starts[row]!;
    let at = starts[row]!;
    while (at < end && numerals[at] === 0) at++;
    const n = end - at - 1;
    if (m > 0 && (at === end || numerals[at] !== 1 || n < least || m !== Math.max(strong, n + 1))) {
      refuseValue(invalid, { row });
      at = end;
    }
    for (at++; at < end; at++) numerals[to++] = numerals[at]!;
    valueStarts[row + 1] = to;
  }
  return { numerals, starts: valueStarts };
}

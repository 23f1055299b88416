import type { Scan } from './scan.ts';
import { codePointAt, writePoint } from '../../columns/code-points.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import type { SymbolTable } from './symbols.ts';

/** The numerals of a column, row after row. Row r has the numerals from `starts[r]` to `starts[r + 1]`. */
export interface Numerals {
  readonly numerals: Uint16Array;
  readonly starts: Uint32Array;
}

/** Replaces the symbols inside the windows by those that the numerals now name. Everything else stays in place. */
export function writeSymbols(text: ColumnText, scan: Scan, symbols: SymbolTable): ColumnText {
  if (symbols.astral) return resizeSymbols(text, scan, scan, symbols);
  return symbols.caseBit === 0 ? replace(text, scan, symbols) : replaceKeepingCase(text, scan, symbols);
}

/** Replaces symbols of one unit, so that nothing moves. */
function replace(
  text: ColumnText,
  { numerals, from, to }: Scan,
  { codePoints, numerals: table }: SymbolTable,
): ColumnText {
  const { units } = text;
  let n = 0;
  for (let row = 0; row < from.length; row++) {
    const end = to[row]!;
    for (let i = from[row]!; i < end; i++) {
      if (table[units[i]!]! >= 0) units[i] = codePoints[numerals[n++]!]!;
    }
  }
  return text;
}

function replaceKeepingCase(
  text: ColumnText,
  { numerals, from, to }: Scan,
  { codePoints, numerals: table, caseBit }: SymbolTable,
): ColumnText {
  const { units } = text;
  let n = 0;
  for (let row = 0; row < from.length; row++) {
    const end = to[row]!;
    for (let i = from[row]!; i < end; i++) {
      if (table[units[i]!]! >= 0) units[i] = codePoints[numerals[n++]!]! | (units[i]! & caseBit);
    }
  }
  return text;
}

/**
 * Replaces the symbols inside the windows by those of `written`, of which a row may have more or fewer. Additional
 * symbols go before the first one, and missing ones leave out the first, so that delimiters keep their distance from
 * the end. The text behind a change of length moves; a symbol beyond U+FFFF has two units.
 */
export function resizeSymbols(
  { units, ends }: ColumnText,
  scan: Pick<Scan, 'from' | 'to' | 'starts'>,
  written: Numerals,
  { codePoints, numerals: table, astral }: SymbolTable,
): ColumnText {
  const { from, to } = scan;
  // Symbols beyond U+FFFF may take twice the room; others take one unit each.
  const most = astral ? 2 * (units.length + written.numerals.length) : units.length + written.starts.at(-1)!;
  const out = new Uint16Array(most);
  const outEnds = new Uint32Array(ends.length);
  let end = 0;
  let n = 0;
  for (let row = 0, at = 0; row < ends.length; row++) {
    const stop = to[row]!;
    while (at < from[row]!) out[end++] = units[at++]!;
    let extra = written.starts[row + 1]! - written.starts[row]! - (scan.starts[row + 1]! - scan.starts[row]!);
    while (at < stop) {
      const unit = units[at]!;
      const point = unit < 0xd800 ? unit : codePointAt(units, at, stop);
      at += point > 0xffff ? 2 : 1;
      if (point >= table.length || table[point]! < 0) {
        end = writePoint(out, end, point);
      } else if (extra < 0) {
        extra++;
      } else {
        for (; extra > 0; extra--) end = writePoint(out, end, codePoints[written.numerals[n++]!]!);
        end = writePoint(out, end, codePoints[written.numerals[n++]!]!);
      }
    }
    while (at < ends[row]!) out[end++] = units[at++]!;
    outEnds[row] = end;
  }
  return { units: out, ends: outEnds };
}

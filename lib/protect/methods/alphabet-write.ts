import { codePointAt, type Scan } from './alphabet-scan.ts';
import type { ColumnText } from './column-text.ts';
import type { SymbolTable } from './symbols.ts';

/** The texts with the symbols inside the windows replaced by those their numerals now name, and everything else in place. */
export function writeSymbols(text: ColumnText, scan: Scan, symbols: SymbolTable): ColumnText {
  return symbols.astral ? rewrite(text, scan, symbols) : replace(text, scan, symbols);
}

/** One unit a symbol: nothing moves. */
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

/** A symbol beyond U+FFFF takes two units, so what follows it may move. */
function rewrite(
  { units, ends }: ColumnText,
  { numerals, from, to }: Scan,
  { codePoints, numerals: table }: SymbolTable,
): ColumnText {
  const out = new Uint16Array(2 * units.length);
  const outEnds = new Uint32Array(ends.length);
  let end = 0;
  let n = 0;
  for (let row = 0, at = 0; row < ends.length; row++) {
    while (at < from[row]!) out[end++] = units[at++]!;
    while (at < to[row]!) {
      const point = codePointAt(units, at, to[row]!);
      const symbol = point < table.length && table[point]! >= 0;
      at += point > 0xffff ? 2 : 1;
      end = writePoint(out, end, symbol ? codePoints[numerals[n++]!]! : point);
    }
    while (at < ends[row]!) out[end++] = units[at++]!;
    outEnds[row] = end;
  }
  return { units: out, ends: outEnds };
}

function writePoint(out: Uint16Array, at: number, point: number): number {
  if (point <= 0xffff) {
    out[at] = point;
    return at + 1;
  }
  out[at] = 0xd7c0 + (point >>> 10);
  out[at + 1] = 0xdc00 | (point & 0x3ff);
  return at + 2;
}

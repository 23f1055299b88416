import type { Scan } from './alphabet-scan.ts';
import type { ColumnText } from './column-text.ts';
import type { SymbolTable } from './symbols.ts';

/** The texts with each symbol replaced by the one its numeral now names, and everything else in place. */
export function writeSymbols(text: ColumnText, scan: Scan, symbols: SymbolTable): ColumnText {
  return symbols.codePoints.at(-1)! > 0xffff ? rewrite(text, scan, symbols) : replace(text, scan, symbols);
}

/** One unit a symbol: nothing moves. */
function replace(text: ColumnText, { numerals, positions }: Scan, { codePoints }: SymbolTable): ColumnText {
  const { units } = text;
  for (let n = 0; n < numerals.length; n++) units[positions[n]!] = codePoints[numerals[n]!]!;
  return text;
}

/** A symbol beyond U+FFFF takes two units, so what follows it may move. */
function rewrite({ units, ends }: ColumnText, { numerals, positions }: Scan, { codePoints }: SymbolTable): ColumnText {
  const out = new Uint16Array(2 * units.length);
  const outEnds = new Uint32Array(ends.length);
  let end = 0;
  let n = 0;
  for (let row = 0, at = 0; row < ends.length; row++) {
    const rowTo = ends[row]!;
    while (at < rowTo) {
      if (n < positions.length && positions[n] === at) {
        const point = codePoints[numerals[n++]!]!;
        // A symbol that was read from two units gives both up.
        at += (units[at]! & 0xfc00) === 0xd800 ? 2 : 1;
        if (point > 0xffff) {
          out[end++] = 0xd7c0 + (point >>> 10);
          out[end++] = 0xdc00 | (point & 0x3ff);
        } else {
          out[end++] = point;
        }
      } else {
        out[end++] = units[at++]!;
      }
    }
    outEnds[row] = end;
  }
  return { units: out, ends: outEnds };
}

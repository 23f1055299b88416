/** An alphabet as lookup tables: code point → numeral and back. A symbol's numeral is its rank in code point order. */
export interface SymbolTable {
  readonly radix: number;
  /** Numeral of each code point, −1 for a delimiter; code points beyond the table are delimiters. */
  readonly numerals: Int32Array;
  readonly codePoints: Uint32Array;
}

/** `codePoints` ascending; with `foldCase`, a lower-case ASCII letter counts as its upper-case one. */
export function symbolTable(codePoints: Uint32Array, foldCase: boolean): SymbolTable {
  const last = codePoints.at(-1) ?? 0;
  const numerals = new Int32Array(Math.max(last + 1, 256)).fill(-1);
  codePoints.forEach((point, rank) => {
    numerals[point] = rank;
  });
  if (foldCase) numerals.copyWithin(0x61, 0x41, 0x5b);
  return { radix: codePoints.length, numerals, codePoints };
}

/** An alphabet as lookup tables: code point → numeral and back. A symbol's numeral is its rank in code point order. */
export interface SymbolTable {
  readonly radix: number;
  /** Numeral of each code point, −1 for a delimiter. Holds at least every UTF-16 unit; what lies beyond is a delimiter. */
  readonly numerals: Int32Array;
  readonly codePoints: Uint32Array;
  /** Whether some symbol takes two UTF-16 units. */
  readonly astral: boolean;
}

/** `codePoints` ascending, without surrogates; with `foldCase`, a lower-case ASCII letter counts as its upper-case one. */
export function symbolTable(codePoints: Uint32Array, foldCase: boolean): SymbolTable {
  const last = codePoints.at(-1) ?? 0;
  const numerals = new Int32Array(Math.max(last + 1, 0x10000)).fill(-1);
  for (let rank = 0; rank < codePoints.length; rank++) numerals[codePoints[rank]!] = rank;
  if (foldCase) numerals.copyWithin(0x61, 0x41, 0x5b);
  return { radix: codePoints.length, numerals, codePoints, astral: last > 0xffff };
}

import { alphabetCodePoints, type FixedAlphabetType, fixedCodePoints, foldsCase } from '../../../policy/alphabet.ts';
import { isAsciiDigit, isAsciiLetter } from '../../../base/ascii.ts';
import { ASCII_OUTSIDE, DELIMITER, PERHAPS_OUTSIDE } from '../outside.ts';
import type { AlphabetDefinition } from '../../../policy/elements/parts.ts';
import type { Counted } from '../../refusal.ts';

/** An alphabet as lookup tables, code point to numeral and back. A symbol's numeral is its rank in code point order. */
export interface SymbolTable {
  readonly radix: number;
  /**
   * The numeral of each code point; below 0 if it is outside the alphabet (outside.ts). Covers at least every UTF-16
   * unit; what lies beyond the table is perhaps a letter.
   */
  readonly numerals: Int32Array;
  readonly codePoints: Uint32Array;
  /** True if some symbol has two UTF-16 units. */
  readonly astral: boolean;
  /** The bit that holds a letter's case and stays in the text: 0x20, or 0 if the case is part of the symbol. */
  readonly caseBit: 0 | 0x20;
  /** What the symbols are, for messages. */
  readonly of: Counted;
}

/**
 * How an alphabet of upper-case ASCII letters treats lower-case ones: as delimiters (`distinct`), as their upper-case
 * letters (`folded`), or as their upper-case letters while the text keeps the case (`kept`).
 */
type LetterCase = 'distinct' | 'folded' | 'kept';

/** Makes the table of an alphabet. `codePoints`: ascending, without surrogates. */
export function symbolTable(
  codePoints: Uint32Array,
  letterCase: LetterCase = 'distinct',
  of: Counted = 'character of the alphabet',
): SymbolTable {
  const last = codePoints.at(-1) ?? 0;
  const numerals = new Int32Array(Math.max(last + 1, 0x10000)).fill(PERHAPS_OUTSIDE);
  for (let point = 0; point < 0x80; point++) {
    numerals[point] = isAsciiLetter(point) || isAsciiDigit(point) ? ASCII_OUTSIDE : DELIMITER;
  }
  for (let rank = 0; rank < codePoints.length; rank++) numerals[codePoints[rank]!] = rank;
  if (letterCase !== 'distinct') numerals.copyWithin(0x61, 0x41, 0x5b);
  const caseBit = letterCase === 'kept' ? 0x20 : 0;
  return { radix: codePoints.length, numerals, codePoints, astral: last > 0xffff, caseBit, of };
}

const COUNTED: Readonly<Record<FixedAlphabetType, Counted>> = {
  numeric: 'digit',
  alpha: 'letter',
  'upper-case-alpha': 'letter',
  'alpha-numeric': 'letter or digit',
  'upper-case-alpha-numeric': 'letter or digit',
  'lower-ascii': 'character of the alphabet',
  printable: 'character of the alphabet',
  email: 'letter or digit',
  'lower-case-email': 'letter or digit',
  'fpe-numeric': 'digit',
  'fpe-alpha': 'letter',
  'fpe-alpha-numeric': 'letter or digit',
  'fpe-latin1-alpha': 'letter',
  'fpe-latin1-alpha-numeric': 'letter or digit',
};

const fixed = new Map<string, SymbolTable>();
const named = new WeakMap<readonly AlphabetDefinition[], Map<string, SymbolTable>>();

/** Returns the table of a type with a fixed alphabet: 256 KB, shared by all elements. */
export function fixedSymbols(type: FixedAlphabetType, letterCase?: LetterCase): SymbolTable {
  const which = letterCase ?? (foldsCase(type) ? 'folded' : 'distinct');
  return keep(fixed, `${type} ${which}`, () => symbolTable(fixedCodePoints(type), which, COUNTED[type]));
}

/** Returns the table of a named alphabet, shared by the elements of a policy. Throws `AlphabetError`. */
export function namedSymbols(name: string, alphabets: readonly AlphabetDefinition[]): SymbolTable {
  let tables = named.get(alphabets);
  if (tables === undefined) {
    tables = new Map();
    named.set(alphabets, tables);
  }
  return keep(tables, name, () => symbolTable(alphabetCodePoints(name, alphabets)));
}

function keep(tables: Map<string, SymbolTable>, name: string, make: () => SymbolTable): SymbolTable {
  let table = tables.get(name);
  if (table === undefined) {
    table = make();
    tables.set(name, table);
  }
  return table;
}

// A path of its own for columns of ASCII texts, the usual case: a byte a character, from the join to the cut. It does what scan.ts
// and write.ts do, in less than two thirds of the time, and knows no refusal: a column that has one takes the other path.

import { isAscii } from 'node:buffer';
import { scratch } from '../../../base/scratch.ts';
import type { Cell, Column } from '../../../base/cell.ts';
import type { Direction } from '../../../crypto/direction.ts';
import { LOOK_AT } from '../outside.ts';
import type { ColumnResult } from '../method.ts';
import type { NumeralCipher } from './cipher.ts';
import type { ScanRules } from './scan.ts';
import type { SymbolTable } from './symbols.ts';

/** The rules of elements whose texts have no clear ends. */
interface AsciiRules extends ScanRules {
  readonly keepLeadingZero?: boolean;
  readonly strongLength: number;
}

/**
 * The part of a column under way. V8 writes the addresses of buffers that are constants into its code, and looks up those of
 * others for each element. A place is that of a symbol in its part.
 */
const PART = 2 ** 14;
const partBytes = new Uint8Array(PART);
const partNumerals = new Uint16Array(PART + 1);
const partPlaces = new Uint16Array(PART + 1);
/** The symbol table for ASCII, and its symbols. */
const ASCII = 0x80;
const asciiNumerals = new Int32Array(ASCII);
const latin1Symbols = new Uint8Array(0x100);

const byteScratch = scratch(Uint8Array);
const endScratch = scratch(Uint32Array);
const startScratch = scratch(Uint32Array);
const numeralScratch = scratch(Uint16Array);
const placeScratch = scratch(Uint16Array);

/** A column as bytes, and the end of each row's text. */
interface AsciiTexts {
  readonly bytes: Buffer;
  readonly ends: Uint32Array;
}

/** Bytes of a column with their symbols. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly firstSymbol: number;
  readonly symbols: number;
}

interface Found {
  readonly parts: readonly Part[];
  readonly numerals: Uint16Array;
  readonly places: Uint16Array;
  readonly starts: Uint32Array;
  readonly clearCount: number;
}

/** Transforms a column; undefined for one that is not ASCII, has other cells than texts and nulls, or is to be refused. */
export type AsciiTransform = (direction: Direction, column: Column, tweak: Uint8Array) => ColumnResult | undefined;

/** After a column that is not ASCII, so many more are not tried: the next ones are probably like it. */
const UNTRIED = 15;

/** Returns the path for an element; undefined for an alphabet or rules that it does not serve. */
export function asciiTransform(cipher: NumeralCipher, rules: AsciiRules): AsciiTransform | undefined {
  const { symbols, fromLeft, fromRight, keepLeadingZero = false, strongLength } = rules;
  if (fromLeft > 0 || fromRight > 0 || symbols.caseBit > 0 || symbols.codePoints.at(-1)! > 0xff) return undefined;
  let untried = 0;
  return (direction, column, tweak) => {
    const texts = untried > 0 ? undefined : joinAscii(column);
    untried = texts === undefined ? (untried === 0 ? UNTRIED : untried - 1) : 0;
    if (texts === undefined) return undefined;
    const found = findSymbols(direction, texts, rules);
    if (found === undefined) return undefined;
    const { numerals, starts, clearCount } = found;
    const { radix } = symbols;
    const permuted = { radix, numerals, starts, tweaks: { shared: tweak }, keepLeadingZero };
    const weakCount = cipher.permute(direction, permuted, strongLength);
    writeSymbols(texts.bytes, found, symbols);
    return { column: cutLatin1(texts, column), weakCount, clearCount };
  };
}

function joinAscii(column: Column): AsciiTexts | undefined {
  const ends = endScratch(column.length);
  let joined = '';
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (typeof value === 'string') joined += value;
    else if (value !== null) return undefined;
    ends[row] = joined.length;
  }
  const { buffer, byteOffset, length } = byteScratch(joined.length);
  const bytes = Buffer.from(buffer, byteOffset, length);
  // Other texts need more bytes than there are.
  return bytes.write(joined, 'utf8') === length && isAscii(bytes) ? { bytes, ends } : undefined;
}

/** Finds the symbols of all rows. Returns undefined where a row is to be refused. */
function findSymbols(direction: Direction, { bytes, ends }: AsciiTexts, rules: ScanRules): Found | undefined {
  const { maxLength, symbols } = rules;
  const minLength = rules.shortData === 'weak-token' ? 1 : rules.minLength;
  const refuseShort = rules.shortData === 'error';
  const lookAt = LOOK_AT[direction === 'encrypt' ? rules.otherCharacters : 'nothing'];
  const rows = ends.length;
  const starts = startScratch(rows + 1);
  const numerals = numeralScratch(bytes.length);
  const places = placeScratch(bytes.length);
  const parts: Part[] = [];
  asciiNumerals.set(symbols.numerals.subarray(0, ASCII));
  starts[0] = 0;
  let clearCount = 0;
  for (let row = 0, from = 0, firstSymbol = 0; row < rows; ) {
    partBytes.set(bytes.subarray(from, from + PART));
    const all = scanPart(Math.min(bytes.length - from, PART), lookAt);
    if (all < 0) return undefined;
    let to = from;
    let symbolsTo = 0;
    let kept = 0;
    let count = 0;
    for (; row < rows && ends[row]! <= from + PART; row++) {
      const rowFrom = to - from;
      to = ends[row]!;
      const symbolsFrom = symbolsTo;
      symbolsTo = symbolsBefore(to - from, symbolsFrom, symbolsFrom + count, all);
      count = symbolsTo - symbolsFrom;
      if (count > maxLength) return undefined;
      if (count >= minLength) {
        if (kept < symbolsFrom) moveSymbols(symbolsFrom, symbolsTo, kept);
        kept += count;
      } else if (to - from > rowFrom) {
        if (refuseShort) return undefined;
        clearCount++;
      }
      starts[row + 1] = firstSymbol + kept;
    }
    // A row that is longer than a part.
    if (to === from && row < rows) return undefined;
    numerals.set(partNumerals.subarray(0, kept), firstSymbol);
    places.set(partPlaces.subarray(0, kept), firstSymbol);
    parts.push({ from, to, firstSymbol, symbols: kept });
    firstSymbol += kept;
    from = to;
  }
  return { parts, numerals: numerals.subarray(0, starts[rows]), places, starts, clearCount };
}

/** Finds the symbols of the part, whatever their rows. Returns how many there are; -1 where there is a character to look at. */
function scanPart(length: number, lookAt: number): number {
  let n = 0;
  let seen = 0;
  // No branch, because characters that are no symbols would mispredict.
  for (let i = 0; i < length; i++) {
    const numeral = asciiNumerals[partBytes[i]! & 0x7f]!;
    partNumerals[n] = numeral;
    partPlaces[n] = i;
    n = (n + 1 + (numeral >> 31)) | 0;
    seen |= numeral + lookAt;
  }
  partPlaces[n] = PART;
  return seen < 0 ? -1 : n;
}

/** Counts the symbols in front of byte `end`: `guess` first, because many rows have as many symbols as the one before. */
function symbolsBefore(end: number, least: number, guess: number, all: number): number {
  if (guess <= all && partPlaces[guess]! >= end && (guess === least || partPlaces[guess - 1]! < end)) return guess;
  let n = least;
  while (partPlaces[n]! < end) n++;
  return n;
}

/** Moves symbols over those of rows that stay as they are. */
function moveSymbols(from: number, to: number, target: number): void {
  partNumerals.copyWithin(target, from, to);
  partPlaces.copyWithin(target, from, to);
}

/** Replaces the symbols by those that the numerals now name. */
function writeSymbols(bytes: Buffer, { parts, numerals, places }: Found, { codePoints }: SymbolTable): void {
  latin1Symbols.set(codePoints);
  for (const { from, to, firstSymbol, symbols } of parts) {
    partBytes.set(bytes.subarray(from, to));
    partNumerals.set(numerals.subarray(firstSymbol, firstSymbol + symbols));
    partPlaces.set(places.subarray(firstSymbol, firstSymbol + symbols));
    for (let n = 0; n < symbols; n++) partBytes[partPlaces[n]!] = latin1Symbols[partNumerals[n]!]!;
    bytes.set(partBytes.subarray(0, to - from), from);
  }
}

function cutLatin1({ bytes, ends }: AsciiTexts, column: Column): Cell[] {
  const text = bytes.toString('latin1');
  const cells = new Array<Cell>(ends.length);
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    cells[row] = column[row] === null ? null : text.slice(from, to);
    from = to;
  }
  return cells;
}

// Tokens that are stable under normalisation: they equal their own NFC forms (Unicode Standard Annex 15), and begin with a
// combining character if and only if their values do. What is not like that is walked over.

import { MIN_DOMAIN } from '../../../crypto/ff1-domain.ts';
import { isCombining } from '../../../policy/combining.ts';
import { codePointAt } from '../../columns/code-points.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import { FIRST_TO_COMPOSE, isNormal, normalizeColumn } from '../../columns/normal-form.ts';
import type { IsOutside, NumeralCipher } from './cipher.ts';
import { type Scan, type ScanRules, scanColumn } from './scan.ts';
import type { SymbolTable } from './symbols.ts';
import type { TextTransform } from './token.ts';
import { columnTweaks } from './tweaks.ts';
import { resizeSymbols, writeSymbols } from './write.ts';

interface StableRules extends ScanRules {
  /** What becomes of a value, or of a token, that does not equal its NFC form. */
  readonly normalForm: 'nfc' | 'refuse';
  /** From so many symbols on, values that do not begin with a combining one have a domain of a million. */
  readonly strongLength: number;
}

/**
 * Makes length-preserving tokens that are stable under normalisation. Throws `RefusedError` for the first value in another
 * form under `refuse` (`NOT_NORMALIZED`), and for one whose marks leave too few stable texts (`NO_STABLE_TOKEN`).
 */
export function stableText(cipher: NumeralCipher, rules: StableRules): TextTransform {
  const { symbols, normalForm, strongLength } = rules;
  const { radix } = symbols;
  const combining = Uint8Array.from(symbols.codePoints, (point) => Number(isCombining(point)));
  const strongCombining = combiningStrength(combining);
  return (direction, given, iv) => {
    const text = normalizeColumn(given, normalForm);
    const scan = scanColumn(direction, text, rules);
    const tweaks = columnTweaks(text, scan, rules, iv);
    const { numerals, starts, clearCount } = scan;
    const leads = leadsOf(text, scan, symbols, combining);
    const isOutside = outsideOf(text, scan, symbols, combining, leads);
    let weakCount = cipher.permute(direction, { radix, numerals, starts, tweaks, isOutside }, strongLength);
    for (let row = 0; row < leads.length; row++) {
      const length = starts[row + 1]! - starts[row]!;
      if (leads[row] === COMBINING && length >= strongLength && length < strongCombining) weakCount++;
    }
    return { text: writeSymbols(text, scan, symbols), weakCount, clearCount };
  };
}

/** How a row begins: with a symbol that combines, with one that does not, or with a character that stays. */
const PLAIN = 0;
const COMBINING = 1;
const STAYS = 2;

function leadsOf({ units, ends }: ColumnText, scan: Scan, symbols: SymbolTable, combining: Uint8Array): Uint8Array {
  const leads = new Uint8Array(ends.length).fill(STAYS);
  for (let row = 0, from = 0; row < ends.length; row++) {
    const start = scan.starts[row]!;
    const hasSymbols = start < scan.starts[row + 1]!;
    if (hasSymbols && scan.from[row] === from && isSymbol(symbols, codePointAt(units, from, ends[row]!))) {
      leads[row] = combining[scan.numerals[start]!] === 1 ? COMBINING : PLAIN;
    }
    from = ends[row]!;
  }
  return leads;
}

function outsideOf(
  text: ColumnText,
  scan: Scan,
  symbols: SymbolTable,
  combining: Uint8Array,
  leads: Uint8Array,
): IsOutside {
  const { starts } = scan;
  const beside = besideOf(text, scan, symbols);
  return (row, numerals, at) => {
    const lead = leads[row]!;
    if (lead !== STAYS && combining[numerals[at]!] !== lead) return true;
    const end = at + starts[row + 1]! - starts[row]!;
    if (beside[row] === 0 && !hasCombining(combining, numerals, at, end)) return false;
    return !isStable(text, scan, symbols, row, numerals.subarray(at, end));
  };
}

/** Finds the rows in which a character that stays may combine with a symbol. */
function besideOf({ units, ends }: ColumnText, { from, to }: Scan, symbols: SymbolTable): Uint8Array {
  const beside = new Uint8Array(ends.length);
  for (let row = 0, i = 0; row < ends.length; row++) {
    for (const end = ends[row]!; i < end; i++) {
      const point = codePointAt(units, i, end);
      const stays = i < from[row]! || i >= to[row]! || !isSymbol(symbols, point);
      if (stays && point >= FIRST_TO_COMPOSE) beside[row] = 1;
      if (point > 0xffff) i++;
    }
  }
  return beside;
}

function isSymbol({ numerals }: SymbolTable, point: number): boolean {
  return point < numerals.length && numerals[point]! >= 0;
}

function hasCombining(combining: Uint8Array, numerals: Uint16Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (combining[numerals[i]!] === 1) return true;
  return false;
}

/** Tells whether the text of a row equals its NFC form with these symbols in it. */
function isStable(
  { units, ends }: ColumnText,
  { from, to }: Scan,
  symbols: SymbolTable,
  row: number,
  numerals: Uint16Array,
): boolean {
  const start = row === 0 ? 0 : ends[row - 1]!;
  const starts = Uint32Array.of(0, numerals.length);
  const written = resizeSymbols(
    { units: units.subarray(start, ends[row]), ends: Uint32Array.of(ends[row]! - start) },
    { from: Uint32Array.of(from[row]! - start), to: Uint32Array.of(to[row]! - start), starts },
    { numerals, starts },
    symbols,
  );
  return isNormal(written.units, written.ends[0]!);
}

/** Returns the number of symbols from which values that begin with a combining one have a domain of a million. */
function combiningStrength(combining: Uint8Array): number {
  const count = combining.reduce((sum, each) => sum + each, 0);
  if (count === 0) return 0;
  let length = 1;
  for (let domain = count; domain < MIN_DOMAIN; domain *= combining.length) length++;
  return length;
}

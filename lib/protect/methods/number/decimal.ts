import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1, Ff1Batch } from '../../../crypto/ff1.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { type Column, ExactNumber } from '../../../base/cell.ts';
import { atMost, refuseValue } from '../../refusal.ts';
import { type ColumnText, cutColumn, joinColumn } from '../../columns/column-text.ts';
import { convertBase, tokenDigits, valueDigits } from './decimal-digits.ts';
import { countDigits, type DecimalGroup, integerDigits, readDigits, roomFor, writeDigits } from './decimal-text.ts';
import { elementFf1 } from '../element-ciphers.ts';
import type { CipherMeter, ColumnResult, Method, MethodContext } from '../method.ts';
import { refuseIv } from '../no-iv.ts';
import { numbersAsText, numberText, textAsNumbers, unfitNumber } from '../../columns/number-cells.ts';
import { permuteRanks } from '../rank-cipher.ts';

const TOKEN_BASE = 9;
/** The least number of digits whose domain, 10^n, is a million. */
const STRONG_DIGITS = 6;
/** The largest number of digits that is always exact in a double. A longer decimal may have been rounded. */
const MAX_NUMBER_DIGITS = 15;
const NO_TWEAK = { tweaks: new Uint8Array(0), tweakLength: 0 };

/**
 * Compiles a decimal element: sign and separator stay, and n digits become n + 1 digits from 1 to 9 (n + 2 if n ≥ 21),
 * with equally many after the separator. Leading and trailing zeros come back, because the token's length determines n.
 *
 * Text becomes text and a number a number. `1e-7` counts as 0.0000001, of eight digits. A token must be as exact in a
 * double as its value, so a number cell may have at most 14 digits and a number token at most 15. A number with more
 * digits is refused (`NUMBER_UNFIT`, or `UNSAFE_NUMBER` if it may not be the number that was sent); this depends on the
 * length alone, not on the token. An exact number without an exponent has no such limit; one with an exponent has it,
 * because it comes from a floating-point column, where its token returns to. The number token of a text like `1.50`,
 * which a number cannot spell, is refused too.
 *
 * Throws `RefusedError`: `DECIMAL_INVALID`, `INPUT_TOO_LONG`, `NUMBER_UNFIT`, `UNSAFE_NUMBER`, `WRONG_DATATYPE`, and
 * `IV_NOT_ALLOWED` for any external IV.
 */
export function compileDecimal(element: ElementOf<'decimal'>, context: MethodContext): Method {
  const ff1 = elementFf1(context);

  function transform(direction: Direction, column: Column, externalIv: string | undefined): ColumnResult {
    refuseIv(externalIv);
    const text = joinColumn(numbersAsText(column, (cell, row) => safeNumberText(cell, row, direction)));
    const groups = groupRows(text, element.maxLength, direction);
    const out = roomFor(text, groups);
    const encrypting = direction === 'encrypt';
    const least = encrypting ? 0 : 1;
    const read = groups.map((group): TokenGroup => {
      const numerals = readDigits(text.units, group, least);
      return {
        group,
        length: encrypting ? group.outDigits : group.digits,
        numerals: encrypting ? convertRows(numerals, group, 10, TOKEN_BASE) : numerals,
      };
    });
    permute(ff1, direction, read, context.meter);
    let weakCount = 0;
    for (const { group, numerals } of read) {
      const digits = encrypting ? numerals : convertRows(numerals, group, TOKEN_BASE, 10);
      writeDigits(text, group, digits, encrypting ? 1 : 0, out);
      if (Math.min(group.digits, group.outDigits) < STRONG_DIGITS) weakCount += group.rows.length;
    }
    return {
      column: textAsNumbers(column, cutColumn(out, column)),
      weakCount,
      clearCount: 0,
    };
  }

  return {
    protect: (column, iv) => transform('encrypt', column, iv),
    unprotect: (column, iv) => transform('decrypt', column, iv),
  };
}

function safeNumberText(cell: number | ExactNumber, row: number, direction: Direction): string {
  const text = numberText(cell);
  if (cell instanceof ExactNumber ? cell.text === text : !Number.isFinite(cell)) return text;
  const digits = text.replaceAll(/[-.]/g, '').length;
  const most = direction === 'encrypt' ? valueDigits(MAX_NUMBER_DIGITS) : MAX_NUMBER_DIGITS;
  if (digits > most) throw unfitNumber(cell, row, atMost(most, 'digit'));
  return text;
}

function groupRows({ units, ends }: ColumnText, maxLength: number, direction: Direction): DecimalGroup[] {
  const groups: (DecimalGroup | undefined)[] = [];
  for (let row = 0, start = 0; row < ends.length; row++) {
    const end = ends[row]!;
    if (end > start) {
      const digits = countDigits(units, start, end, direction === 'encrypt' ? 0 : 1);
      const valueCount = direction === 'encrypt' ? digits : valueDigits(digits);
      if (digits === 0) refuseValue('DECIMAL_INVALID', { row });
      else if (end - start - digits + valueCount > maxLength) {
        refuseValue('INPUT_TOO_LONG', { row, limit: atMost(maxLength, 'character') });
      } else if (direction === 'decrypt' && !isTokenForm(units, start, end, digits, valueCount)) {
        refuseValue('DECIMAL_INVALID', { row });
      } else {
        const outDigits = direction === 'encrypt' ? tokenDigits(digits) : valueCount;
        groups[digits] ??= { digits, outDigits, rows: [], starts: [] };
        groups[digits].rows.push(row);
        groups[digits].starts.push(start);
      }
    }
    start = end;
  }
  return groups.filter((group) => group !== undefined);
}

/** Tells whether the additional digits of a token stand before its separator, where protect puts them. */
function isTokenForm(units: Uint16Array, start: number, end: number, digits: number, valueCount: number): boolean {
  return valueCount > 0 && integerDigits(units, start, end) >= digits - valueCount;
}

/** A group with the numerals of its tokens, `length` each. */
interface TokenGroup {
  readonly group: DecimalGroup;
  readonly length: number;
  readonly numerals: Uint16Array;
}

/**
 * Converts the rows of a group. Throws `DECIMAL_INVALID` for a token whose number has more digits than its value would.
 */
function convertRows(numerals: Uint16Array, group: DecimalGroup, fromBase: 9 | 10, toBase: 9 | 10): Uint16Array {
  const { digits, outDigits, rows } = group;
  const from = { numerals, length: digits, base: fromBase };
  const to = { numerals: new Uint16Array(rows.length * outDigits), length: outDigits, base: toBase };
  for (let i = 0; i < rows.length; i++) {
    if (!convertBase(from, to, i)) refuseValue('DECIMAL_INVALID', { row: rows[i]! });
  }
  return to.numerals;
}

/**
 * Permutes the numerals of groups, those of all lengths in one call of FF1. Tokens of two digits are permuted as ranks,
 * because FF1 does not take a domain of 9² = 81.
 */
function permute(ff1: Ff1, direction: Direction, groups: readonly TokenGroup[], meter: CipherMeter): void {
  const batches: Ff1Batch[] = [];
  let values = 0;
  for (const { length, numerals } of groups) {
    if (length === 2) permutePairs(ff1, direction, numerals, meter);
    else {
      batches.push({ radix: TOKEN_BASE, length, numerals, ...NO_TWEAK, acceptSmallDomain: true });
      values += numerals.length / length;
    }
  }
  if (values > 0) meter(values, () => ff1[direction](batches));
}

function permutePairs(ff1: Ff1, direction: Direction, numerals: Uint16Array, meter: CipherMeter): void {
  const ranks = new Float64Array(numerals.length / 2);
  for (let i = 0; i < ranks.length; i++) ranks[i] = numerals[2 * i]! * TOKEN_BASE + numerals[2 * i + 1]!;
  permuteRanks(ff1, direction, { size: TOKEN_BASE ** 2, ranks, ...NO_TWEAK }, meter);
  for (let i = 0; i < ranks.length; i++) {
    numerals[2 * i] = Math.floor(ranks[i]! / TOKEN_BASE);
    numerals[2 * i + 1] = ranks[i]! % TOKEN_BASE;
  }
}

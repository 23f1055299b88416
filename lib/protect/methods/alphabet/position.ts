import { createHash } from 'node:crypto';
import type { Direction } from '../../../crypto/direction.ts';
import { minimumLength } from '../../../crypto/ff1-domain.ts';
import { atLeast, atMost, refuseValue } from '../../refusal.ts';
import { ivBytes, MAX_TWEAK, sharedTweak } from '../../tweak.ts';
import type { NumeralCipher } from './cipher.ts';
import { refuseOutside } from '../outside.ts';
import { type Scan, type ScanRules, scanColumn } from './scan.ts';
import type { ColumnTweaks } from './tweaks.ts';
import { writeSymbols } from './write.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import type { Method } from '../method.ts';
import { fixedSymbols, type SymbolTable } from './symbols.ts';
import { textMethod } from '../text-method.ts';

/** The options of a position-preserving element. */
interface PositionRules {
  /** Keeps the pattern of capitals too, which leaves 26 letters instead of 52. */
  readonly preserveCase: boolean;
  /**
   * The least number of letters if there are any, and of digits if there are any. Default: a domain of a million each.
   */
  readonly minLength: number | undefined;
  /** The largest number of letters and digits together. */
  readonly maxLength: number;
  readonly shortData: ScanRules['shortData'];
  readonly externalIV: boolean;
}

/** The first byte of a digits' tweak. lib/protect/tweak.ts uses 1 and 2. */
const LETTERS_LITERAL = 3;
const LETTERS_HASHED = 4;

const LETTER = 1;
const DIGIT = 2;
const KIND = Uint8Array.from({ length: 128 }, (_, unit) => kindOf(String.fromCharCode(unit)));

/**
 * Makes alpha-numeric tokens in which each letter stays a letter and each digit a digit, in place: FF1 over the
 * letters, and FF1 over the digits with the clear letters in the tweak. Other characters stay. A value is weak if
 * either part is.
 */
export function positionToken(cipher: NumeralCipher, rules: PositionRules): Method {
  const letters = rules.preserveCase ? fixedSymbols('upper-case-alpha', 'kept') : fixedSymbols('alpha');
  const digits = fixedSymbols('numeric');
  const permute = (
    direction: Direction,
    symbols: SymbolTable,
    { text, limits }: Windows,
    tweaksOf: (scan: Scan) => ColumnTweaks,
  ): void => {
    const scan = scanColumn('decrypt', text, { ...EVERYTHING, symbols }, limits);
    const { radix } = symbols;
    cipher.permute(direction, { radix, numerals: scan.numerals, starts: scan.starts, tweaks: tweaksOf(scan) }, 0);
    writeSymbols(text, scan, symbols);
  };
  return textMethod((direction, text, externalIv) => {
    const iv = ivBytes(externalIv, rules.externalIV);
    const windows = findWindows(direction, text, rules, letters.radix);
    const tweak = sharedTweak(iv);
    const permuteLetters = (): void => permute(direction, letters, windows, () => ({ shared: tweak }));
    const permuteDigits = (): void => permute(direction, digits, windows, (scan) => letterTweaks(windows, scan, tweak));
    // The digits' tweak is made of clear letters, so digits go first when encrypting and last when decrypting.
    if (direction === 'encrypt') {
      permuteDigits();
      permuteLetters();
    } else {
      permuteLetters();
      permuteDigits();
    }
    return windows;
  });
}

/** Scan rules that take every letter or digit: `findWindows` has already decided which rows are tokenized. */
const EVERYTHING = {
  fromLeft: 0,
  fromRight: 0,
  minLength: 1,
  maxLength: Infinity,
  shortData: 'as-is',
  otherCharacters: 'keep',
} as const;

/** The texts, and a limit for each row: its end if it is tokenized, its start if it stays as it is. */
interface Windows {
  readonly text: ColumnText;
  readonly limits: Uint32Array;
  readonly weakCount: number;
  readonly clearCount: number;
}

function findWindows(direction: Direction, text: ColumnText, rules: PositionRules, letterRadix: number): Windows {
  const { units, ends } = text;
  const strong = { letters: minimumLength(letterRadix), digits: minimumLength(10) };
  const least = { letters: rules.minLength ?? strong.letters, digits: rules.minLength ?? strong.digits };
  const limits = new Uint32Array(ends.length);
  let weakCount = 0;
  let clearCount = 0;
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    let letters = 0;
    let digits = 0;
    let seen = 0;
    for (let i = from; i < to; i++) {
      seen |= units[i]!;
      const kind = units[i]! < 128 ? KIND[units[i]!]! : 0;
      letters += kind & LETTER;
      digits += kind >> 1;
    }
    let refused = seen >= 128 && direction === 'encrypt' && refuseOutside(units, from, to, row, 'refuse', isAscii);
    if (letters + digits > rules.maxLength) {
      refuseValue('INPUT_TOO_LONG', { row, limit: atMost(rules.maxLength, 'letter or digit') });
      refused = true;
    }
    const none = letters + digits === 0;
    const short = isBelow(letters, least.letters) || isBelow(digits, least.digits);
    if (to > from && (none || short) && rules.shortData === 'error') {
      const limit = isBelow(digits, least.digits) ? atLeast(least.digits, 'digit') : atLeast(least.letters, 'letter');
      refuseValue('INPUT_TOO_SHORT', { row, limit });
      refused = true;
    }
    const tokenized = !none && !refused && (!short || rules.shortData === 'weak-token');
    if (tokenized && (isBelow(letters, strong.letters) || isBelow(digits, strong.digits))) weakCount++;
    if (!tokenized && to > from) clearCount++;
    limits[row] = tokenized ? to : from;
    from = to;
  }
  return { text, limits, weakCount, clearCount };
}

function isAscii(point: number): boolean {
  return point < 0x80;
}

/** Tells whether a part is short. An absent part is not. */
function isBelow(count: number, least: number): boolean {
  return count > 0 && count < least;
}

/**
 * Makes the digits' tweak of each row with digits: E = 03 ‖ u16(number of letters) ‖ letters ‖ the element's tweak,
 * big-endian and ASCII. The tweak is E up to 40 bytes, else 04 ‖ SHA-256(E).
 */
function letterTweaks({ text: { units, ends } }: Windows, { starts }: Scan, tweak: Uint8Array): ColumnTweaks {
  const slots = new Uint8Array(ends.length * MAX_TWEAK);
  const lengths = new Uint8Array(ends.length);
  let encoded = new Uint8Array(256);
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    if (starts[row] !== starts[row + 1]) {
      if (encoded.length < to - from + 3 + tweak.length) encoded = new Uint8Array(to - from + 3 + MAX_TWEAK);
      let end = 3;
      for (let i = from; i < to; i++) {
        const unit = units[i]!;
        if (unit < 128 && KIND[unit] === LETTER) encoded[end++] = unit;
      }
      encoded[0] = LETTERS_LITERAL;
      encoded[1] = (end - 3) >> 8;
      encoded[2] = end - 3;
      for (let i = 0; i < tweak.length; i++) encoded[end++] = tweak[i]!;
      lengths[row] = writeSlot(slots, row * MAX_TWEAK, encoded, end);
    }
    from = to;
  }
  return { slots, lengths };
}

function writeSlot(slots: Uint8Array, at: number, encoded: Uint8Array, length: number): number {
  if (length <= MAX_TWEAK) {
    for (let i = 0; i < length; i++) slots[at + i] = encoded[i]!;
    return length;
  }
  slots[at] = LETTERS_HASHED;
  slots.set(createHash('sha256').update(encoded.subarray(0, length)).digest(), at + 1);
  return 33;
}

function kindOf(character: string): number {
  if (/[A-Za-z]/.test(character)) return LETTER;
  return /\d/.test(character) ? DIGIT : 0;
}

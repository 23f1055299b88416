import type { Direction } from '../../../crypto/direction.ts';
import { minimumLength } from '../../../crypto/ff1-domain.ts';
import { ivBytes, sharedTweak } from '../../tweak.ts';
import { type AsciiTransform, asciiTransform } from './ascii.ts';
import type { NumeralCipher } from './cipher.ts';
import { type ScanRules, scanColumn } from './scan.ts';
import { columnTweaks } from './tweaks.ts';
import { writeSymbols } from './write.ts';
import { type ColumnText, lowerCaseLetters, upperCaseLetters } from '../../columns/column-text.ts';
import type { Method } from '../method.ts';
import { textMethod, type TextResult } from '../text-method.ts';

/** The options of an alphabet token element. */
interface AlphabetTokenRules extends ScanRules {
  /** A token's first symbol is 0 if and only if the value's is. */
  readonly keepLeadingZero?: boolean;
}

/** Transforms texts up to `limits[row]`, by default their ends. The result is valid until the next call. */
export type TextTransform = (
  direction: Direction,
  text: ColumnText,
  iv: Uint8Array,
  limits?: Uint32Array,
) => TextResult;

/**
 * Makes length-preserving tokens over an alphabet: characters of the alphabet become other ones; delimiters and the
 * clear parts stay in place. The clear parts and the external IV are the tweak.
 */
export function preservingText(cipher: NumeralCipher, rules: AlphabetTokenRules): TextTransform {
  const { symbols, keepLeadingZero = false } = rules;
  const strongLength = strongSymbols(symbols.radix, keepLeadingZero);
  return (direction, text, iv, limits) => {
    const { radix } = symbols;
    const scan = scanColumn(direction, text, rules, limits);
    const tweaks = columnTweaks(text, scan, rules, iv);
    const { numerals, starts } = scan;
    const weakCount = cipher.permute(direction, { radix, numerals, starts, tweaks, keepLeadingZero }, strongLength);
    return { text: writeSymbols(text, scan, symbols), weakCount, clearCount: scan.clearCount };
  };
}

/** The same as a method, with a path of its own for columns of ASCII texts. `externalIV`: whether the element takes an IV. */
export function preservingMethod(cipher: NumeralCipher, rules: AlphabetTokenRules, externalIV: boolean): Method {
  const strongLength = strongSymbols(rules.symbols.radix, rules.keepLeadingZero);
  const ascii = asciiTransform(cipher, { ...rules, strongLength });
  return ivTextMethod(preservingText(cipher, rules), externalIV, ascii);
}

/** Returns the least number of symbols with a million values. Only a tenth of all values begins with 0. */
function strongSymbols(radix: number, keepLeadingZero = false): number {
  return keepLeadingZero ? minimumLength(radix) + 1 : minimumLength(radix);
}

/**
 * Lets a transform see texts with their ASCII letters in one case, values and tokens alike. Without a case, the texts
 * stay as they are.
 */
export function foldedText(transform: TextTransform, letterCase: 'lower' | 'upper' | undefined): TextTransform {
  if (letterCase === undefined) return transform;
  const fold = letterCase === 'lower' ? lowerCaseLetters : upperCaseLetters;
  return (direction, text, iv, limits) => transform(direction, fold(text), iv, limits);
}

/** Turns a transform into a method. `externalIV`: whether the element takes an IV. `ascii` is asked first. */
export function ivTextMethod(transform: TextTransform, externalIV: boolean, ascii?: AsciiTransform): Method {
  return textMethod(
    (direction, text, externalIv) => transform(direction, text, ivBytes(externalIv, externalIV)),
    ascii &&
      ((direction, column, externalIv) => ascii(direction, column, sharedTweak(ivBytes(externalIv, externalIV)))),
  );
}

// Letters and digits outside an alphabet. Characters outside an alphabet are delimiters, which stay where they are; a
// letter or digit that stays is readable.

import { isAsciiDigit, isAsciiLetter } from '../../base/ascii.ts';
import type { OtherCharacters } from '../../policy/elements/other-characters.ts';
import { codePointAt, remembered } from '../columns/code-points.ts';
import { type RefusalCode, refuseValue } from '../refusal.ts';

/** The numeral of a delimiter in a symbol table. */
export const DELIMITER = -1;
/** The numeral of an ASCII letter or digit outside the alphabet. */
export const ASCII_OUTSIDE = -2;
/** The numeral of everything else outside the alphabet: perhaps a letter or digit of another script. */
export const PERHAPS_OUTSIDE = -3;

/**
 * What to add to numerals so that those to look at become negative. A scan that looks at nothing serves unprotect,
 * because tokens of earlier versions hold letters that stayed clear.
 */
export const LOOK_AT = { refuse: -DELIMITER, keep: -ASCII_OUTSIDE, nothing: -PERHAPS_OUTSIDE } as const;

/**
 * Refuses a value for its first letter or digit between `from` and `to` that would stay although it must not:
 * `LETTERS_OUTSIDE`, `DIGITS_OUTSIDE` or `DIGITS_OF_ANOTHER_SCRIPT`. Returns whether there is one.
 */
export function refuseOutside(
  units: Uint16Array,
  from: number,
  to: number,
  row: number,
  others: OtherCharacters,
  isInside: (point: number) => boolean,
): boolean {
  for (let i = from; i < to; i++) {
    const point = codePointAt(units, i, to);
    if (point > 0xffff) i++;
    if (isInside(point)) continue;
    const reason = outsideReason(point, others);
    if (reason === undefined) continue;
    refuseValue(reason, { row });
    return true;
  }
  return false;
}

/** Returns why a value with this character cannot be protected; undefined if the character is no letter or digit. */
function outsideReason(point: number, others: OtherCharacters): RefusalCode | undefined {
  if (point < 0x80) {
    if (others === 'keep') return undefined;
    if (isAsciiLetter(point)) return 'LETTERS_OUTSIDE';
    return isAsciiDigit(point) ? 'DIGITS_OUTSIDE' : undefined;
  }
  return reasonOutsideAscii(point);
}

type NotAscii = 'LETTERS_OUTSIDE' | 'DIGITS_OF_ANOTHER_SCRIPT' | undefined;

const REASONS: readonly NotAscii[] = [undefined, 'LETTERS_OUTSIDE', 'DIGITS_OF_ANOTHER_SCRIPT'];
/** The place in `REASONS` of a character: texts of marks and signs alone ask at every place. */
const reasonAt = remembered((point) => {
  const character = String.fromCodePoint(point);
  return /\p{L}/u.test(character) ? 1 : /\p{N}/u.test(character) ? 2 : 0;
});

function reasonOutsideAscii(point: number): NotAscii {
  return REASONS[reasonAt(point)];
}

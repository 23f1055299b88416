import { minimumLength } from '../../../crypto/ff1-domain.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { refuseValue } from '../../refusal.ts';
import { NumeralCipher } from './cipher.ts';
import { markedText } from './marker.ts';
import { foldedText, ivTextMethod, preservingText, type TextTransform } from './token.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import type { Method, MethodContext } from '../method.ts';
import { fixedSymbols } from './symbols.ts';

/**
 * The largest sizes of an address in UTF-8 bytes (spec: e-mail). The smallest sizes need no check of their own: local
 * part and domain must be present, and a local part with fewer than four letters and digits is short data.
 */
interface Limits {
  readonly local: number;
  readonly domain: number;
  readonly total: number;
}

const PRESERVING: Limits = { local: 64, domain: 252, total: 256 };
const PRESERVING_SHORT: Limits = { local: 64, domain: 253, total: 256 };
const MARKED: Limits = { local: 63, domain: 252, total: 256 };
/** A token's local part: one symbol becomes four. */
const MARKED_TOKEN: Limits = { local: 66, domain: 252, total: 259 };

/** More symbols than any address has. The limits above decide what is too long. */
const MAX_SYMBOLS = 256;
const AT = 0x40;

/**
 * Compiles an e-mail element: letters and digits before the right-most `@` are tokenized; other characters and the
 * domain stay. The domain is not part of the tweak, because systems change its case. With `letterCase` `fold`, addresses
 * and tokens are lower-cased first, ASCII letters only, domain included: all spellings of an address have one token, a
 * token may change its case on its way, and the address comes back in lower case.
 *
 * Every fault of an address is `EMAIL_INVALID`; a local part with fewer than four letters and digits is short data.
 */
export function compileEmail(element: ElementOf<'email'>, context: MethodContext): Method {
  const { preserveLength, shortData, externalIV } = element;
  const folds = element.letterCase === 'fold';
  const symbols = fixedSymbols(folds ? 'lower-case-email' : 'email');
  const cipher = new NumeralCipher(context);
  const minLength = preserveLength ? minimumLength(symbols.radix) : 1;
  const refusal = 'EMAIL_INVALID' as const;
  const rules = {
    symbols,
    fromLeft: 0,
    fromRight: 0,
    minLength,
    maxLength: MAX_SYMBOLS,
    shortData,
    otherCharacters: 'refuse',
    refusal,
  } as const;
  const tokenize = preserveLength ? preservingText(cipher, rules) : markedText(cipher, rules);
  const preserving = shortData === 'error' ? PRESERVING : PRESERVING_SHORT;
  const limits = preserveLength
    ? { encrypt: preserving, decrypt: preserving }
    : { encrypt: MARKED, decrypt: MARKED_TOKEN };
  const transform: TextTransform = (direction, text, iv) => {
    const result = tokenize(direction, text, iv, localParts(text, limits[direction]));
    // Not a token: it has more delimiters than an address has room for, so protect never produces it.
    if (direction === 'decrypt' && !preserveLength) localParts(result.text, limits.encrypt);
    return result;
  };
  return ivTextMethod(foldedText(transform, folds ? 'lower' : undefined), externalIV);
}

/** Returns the end of each row's local part. Throws `RefusedError` for the first row that is not an address. */
function localParts({ units, ends }: ColumnText, limits: Limits): Uint32Array {
  const ats = new Uint32Array(ends.length);
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    let at = to - 1;
    while (at >= from && units[at] !== AT) at--;
    if (to > from && !isAddress(units, from, at, to, limits)) {
      refuseValue('EMAIL_INVALID', { row });
      at = from;
    }
    ats[row] = Math.max(from, at);
    from = to;
  }
  return ats;
}

function isAddress(units: Uint16Array, from: number, at: number, to: number, limits: Limits): boolean {
  if (at <= from || at + 1 === to) return false;
  const local = utf8Length(units, from, at);
  const domain = utf8Length(units, at + 1, to);
  return local <= limits.local && domain <= limits.domain && local + 1 + domain <= limits.total;
}

function utf8Length(units: Uint16Array, from: number, to: number): number {
  let bytes = 0;
  for (let i = from; i < to; i++) {
    const unit = units[i]!;
    if (unit < 0x80) bytes++;
    else if (unit < 0x800) bytes += 2;
    else if ((unit & 0xfc00) === 0xd800 && i + 1 < to && (units[i + 1]! & 0xfc00) === 0xdc00) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

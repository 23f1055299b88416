// The sentences of a refusal, all made here from its data. They hold no value. REST replies keep the reference product's
// texts (`RefusedError.describe`), because clients compare those.

import { elementName } from '../policy/key-versions.ts';
import type { Counted, Limit, RefusalCode, RefusedError } from './refusal.ts';

/** The longest reason, in UTF-8 bytes: a batch of values to check must have room for one each. */
export const MAX_REASON_BYTES = 400;
/** The longest element name in a message: an unknown one is as long as its sender likes. */
const MAX_NAME = 128;

/** What is wrong with one value, as the end of a sentence that begins with "value". */
export const FAULTS: Readonly<Partial<Record<RefusalCode, string>>> = {
  INTEGRITY_FAILED: 'fails the integrity check: it was changed, or encrypted under another element, key or IV',
  INPUT_TOO_SHORT: 'is too short',
  INPUT_TOO_LONG: 'is too long',
  BAD_HEX: 'is not bytes in hexadecimal',
  BAD_BASE64: 'is not base64 of the named encoding',
  WRONG_DATATYPE: 'has a data type that the element does not take',
  CONTENT_INVALID: 'has a content that the element does not take',
  LETTERS_OUTSIDE: "has letters outside this element's alphabet, which would stay readable",
  DIGITS_OUTSIDE: "has digits outside this element's alphabet, which would stay readable",
  DIGITS_OF_ANOTHER_SCRIPT: 'has digits of another script, which would stay readable',
  NOT_NORMALIZED: 'is not in Unicode normal form C; normalize "nfc" takes every form',
  NO_STABLE_TOKEN: 'has so many combining marks that tokens in Unicode normal form C are too rare to be found',
  UNICODE_INVALID: 'is not well-formed Unicode',
  DATE_FORMAT: 'has a date form that the element does not take',
  DATE_INPUT: 'is not a date of the range that the element takes',
  TIME_FORMAT: 'has a time form that the element does not take',
  EMAIL_INVALID: 'is not an e-mail address that the element takes',
  DECIMAL_INVALID: 'is not a decimal number that the element takes',
  CARD_INVALID: 'is not a card number of digits alone',
  LUHN_MUST_BE_VALID: 'has a wrong Luhn check digit; the element takes cards with a right one',
  LUHN_MUST_BE_INVALID: 'has a right Luhn check digit, as no token of this element has',
  CARD_TYPE_MUST_BE_VALID: 'begins with another digit than 2 to 6; under invalidCardType cards begin with 2 to 6',
  CARD_TYPE_MUST_BE_INVALID: 'begins with 2 to 6, as no token of this element does',
  INDICATOR_BEYOND_DATA: 'ends before the place of its alphabetic indicator',
  INDICATOR_INVALID: 'has a clear digit in the place of its alphabetic indicator',
  INTEGER_INVALID: 'is not a whole number of digits alone',
  INTEGER_2_RANGE: 'is not a number from -32768 to 32767',
  INTEGER_4_RANGE: 'is not a number from -2147483648 to 2147483647',
  INTEGER_8_RANGE: 'is not a number from -9223372036854775808 to 9223372036854775807',
  UNSAFE_NUMBER: 'is a number that may have been rounded on its way here',
  NUMBER_UNFIT: 'is a number, and a number cannot hold every value and token of the element exactly',
};

/** What to do about faults that no check of the values finds. */
const REMEDIES: Partial<Record<RefusalCode, string>> = {
  WRONG_DATATYPE: 'Pass the column as VARCHAR',
  NUMBER_UNFIT: 'Pass the column as VARCHAR',
  UNSAFE_NUMBER:
    'Pass the column as VARCHAR: whole numbers beyond 2^53 - 1 and numbers of more than 15 significant digits are not exact',
};

/** Refusals of a whole batch that are about its element, and so name it: a query may have ten. */
const ABOUT_ELEMENT: ReadonlySet<RefusalCode> = new Set([
  'ELEMENT_UNKNOWN',
  'NOT_AUTHORIZED',
  'REPROTECT_DISCLOSES',
  'BUDGET_SPENT',
  'BUDGET_UNAVAILABLE',
  'TWEAK_MISSING',
  'TWEAK_TOO_LONG',
  'TWEAK_UNSUPPORTED',
  'IV_TOO_LONG',
  'IV_NOT_ALLOWED',
  'ENGINE_FAILED',
  'REPLY_TOO_LARGE',
  'HMAC_MISUSED',
  'ELEMENT_UNFIT',
]);

/** Values with one fault share their refusal (bad-values.ts), and a number takes long to write. */
const reasons = new WeakMap<RefusedError, string>();

/** Returns the reason that a check answers: `value is too short (at least 6 digits)`. */
export function reasonOf(refusal: RefusedError): string {
  let reason = reasons.get(refusal);
  if (reason === undefined) {
    reason = cutBytes(`value ${faultOf(refusal)}`, MAX_REASON_BYTES);
    reasons.set(refusal, reason);
  }
  return reason;
}

/**
 * Describes a refusal to the caller of a warehouse: the element, the value's position in its batch, the reason with the
 * limit, how many values of the batch are bad, and what to do.
 */
export function explainRefusal(refusal: RefusedError): string {
  const { code, row, element } = refusal;
  if (row !== undefined && element !== undefined)
    return `${factsOf(refusal, element, row)}. ${advice(refusal, element)}`;
  const text = refusal.describe();
  return element !== undefined && ABOUT_ELEMENT.has(code) ? `${shown(element)}: ${text}` : text;
}

/**
 * Returns the facts of a refused value, or of a budget, for clients that classify by another text; undefined for other
 * refusals.
 */
export function refusalDetail(refusal: RefusedError): string | undefined {
  const { row, element, code, detail } = refusal;
  if (code === 'BUDGET_SPENT' && element !== undefined) return `${shown(element)}: ${detail}`;
  return row === undefined || element === undefined ? undefined : factsOf(refusal, element, row);
}

function factsOf(refusal: RefusedError, element: string, row: number): string {
  const { batchSize, rowName, operation, step } = refusal;
  const size = batchSize === undefined ? '' : ` of ${grouped(batchSize)}`;
  const name = rowName === undefined || rowName === String(row) ? '' : ` (row ${rowName})`;
  const which = operation === 'Reprotect' && step === 'Protect' ? ', unprotected,' : '';
  return `${shown(element)}: value ${grouped(row + 1)}${size}${name}${which} ${faultOf(refusal)}${badOf(refusal)}`;
}

function faultOf({ code, canonicalText, limit, detail }: RefusedError): string {
  const fault = FAULTS[code] ?? `is refused: ${canonicalText}`;
  const more = [limit === undefined ? [] : wordLimit(limit), detail ?? []].flat();
  return more.length === 0 ? fault : `${fault} (${more.join('; ')})`;
}

function badOf({ bad }: RefusedError): string {
  if (bad === undefined) return '';
  if (bad.count === 1) return bad.orMore ? '' : '; no other value of this batch is bad';
  return `; ${bad.orMore ? 'at least ' : ''}${grouped(bad.count)} values of this batch are bad`;
}

function advice({ code, operation, step }: RefusedError, element: string): string {
  const remedy = REMEDIES[code];
  if (remedy !== undefined) return remedy;
  if (operation === 'Unprotect' || step === 'Unprotect') {
    return `Only what ${shown(element)} has protected can be unprotected with it: look for values that were loaded in clear, cut or changed`;
  }
  if (operation === 'Reprotect') return 'The new element must take every value of the old one';
  return `Find every such value before the load: pty_check_${shown(elementName(element))}(value) is NULL for a good value, else the reason`;
}

const PLURALS: Readonly<Record<Counted, string>> = {
  digit: 'digits',
  letter: 'letters',
  'letter or digit': 'letters and digits',
  character: 'characters',
  'character of the alphabet': 'characters of the alphabet',
  byte: 'bytes',
};

function wordLimit(limit: Limit): string {
  if (limit.is === 'one of') return `forms taken: ${limit.forms.join(', ')}`;
  if (limit.is === 'dates') return datesTaken(limit.from, limit.to);
  const { is, count, of, besideClear = false } = limit;
  const noun = count === 1 ? of : PLURALS[of];
  return `${is} ${grouped(count)} ${noun}${besideClear ? ' besides the clear parts' : ''}`;
}

function datesTaken(from: string, to: string): string {
  const reform = from < '1582-10-05' && to > '1582-10-14' ? ', without 1582-10-05 to 1582-10-14' : '';
  return `dates taken: ${from} to ${to}${reform}`;
}

/** Writes a number as people read it: 2,048. */
function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function shown(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1).toWellFormed()}…`;
}

function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = bytes - Buffer.byteLength('…');
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(room));
  return `${text.slice(0, read)}…`;
}

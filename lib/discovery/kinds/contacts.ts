// E-mail addresses, telephone numbers, network addresses and UUIDs.
import { type CountryCode, getCountries, isPossiblePhoneNumber, isValidPhoneNumber } from 'libphonenumber-js/min';

export function isEmail(value: string): boolean {
  return value.length <= 254 && /^[^\s@"<>(),;:]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(value);
}

/** Whether an e-mail address stands somewhere in a text. */
export function holdsEmail(value: string): boolean {
  return value
    .split(/[\s<>()[\],;:"']+/)
    .some((part) => part.includes('@') && isEmail(part.replace(/(?<![.!?])[.!?]+$/, '')));
}

/** Characters of a telephone number with its separators and its extension. */
const LONGEST_PHONE = 32;

/** Whether a text has the form of a telephone number: 7 to 15 digits, perhaps with an extension. */
export function looksLikePhone(value: string): boolean {
  if (
    value.length > LONGEST_PHONE ||
    !/^[+(\d０-９][\d\s()./+-]*\d(?:\s*(?:x|ext\.?|poste|доб\.?|#)\s*\d{1,6})?$/i.test(value)
  )
    return false;
  const digits = digitsOf(value);
  return (
    digits.length >= 6 && digits.length <= 15 && !/^\d{4}-\d{2}-\d{2}(?!\d)/.test(value) && !/^\d+\.\d+$/.test(value)
  );
}

/** Whether the number says itself that it is one: it begins with + and the code of a country. */
export function isInternationalPhone(value: string): boolean {
  return looksLikePhone(value) && value.startsWith('+') && isPossiblePhoneNumber(bare(value));
}

/** Whether the number is written as one: separated, or with a leading 0, and of a length that numbers have. */
export function isWrittenPhone(value: string): boolean {
  if (!looksLikePhone(value)) return false;
  if (value.startsWith('+')) return true;
  return /[\s()/-]|\d\.\d+\.\d/.test(value) && digitsOf(value).length >= 7 && !/^\d{3}-\d{2}-\d{4}$/.test(value);
}

/**
 * Returns a country in whose plan the numbers are valid, but for one in thirty, and most of them are not when they are read backwards:
 * some plans take nearly every number. Undefined where there is none.
 */
export function countryOf(values: readonly string[]): CountryCode | undefined {
  const allowed = Math.floor(values.length / 30);
  // Longer ones are numbers of no country.
  const short = values.map((value) => value.slice(0, LONGEST_PHONE + 1));
  const bareValues = short.map(bare);
  const backwards = short.map((value) => Array.from(value).toReversed().join(''));
  return getCountries().find((country) => {
    const isValid = (value: string): boolean => value.length <= LONGEST_PHONE && isValidPhoneNumber(value, country);
    let invalid = 0;
    if (!bareValues.every((value) => isValid(value) || ++invalid <= allowed)) return false;
    return backwards.filter(isValid).length <= values.length / 2;
  });
}

/** Without an extension. */
function bare(value: string): string {
  return value.replace(/\s*(?:x|ext\.?|poste|доб\.?|#)\s*\d{1,6}$/i, '');
}

function digitsOf(value: string): string {
  return bare(value).replaceAll(/\D/g, '');
}

export function isIpAddress(value: string): boolean {
  return isIpV4(value) || isIpV6(value);
}

function isIpV4(value: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(value);
}

/** RFC 4291, 2.2, without a zone. */
function isIpV6(value: string): boolean {
  if (!/^[\da-f:]{2,39}$/i.test(value)) return false;
  const [head, tail, more] = value.split('::');
  if (more !== undefined) return false;
  const groups = [head!, ...(tail === undefined ? [] : [tail])].flatMap((part) => (part === '' ? [] : part.split(':')));
  return (
    groups.every((group) => /^[\da-f]{1,4}$/i.test(group)) &&
    (tail === undefined ? groups.length === 8 : groups.length < 8)
  );
}

export function isUuid(value: string): boolean {
  return /^\{?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\}?$/i.test(value);
}

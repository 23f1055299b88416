// E-mail addresses, telephone numbers, network addresses and UUIDs.
import { type CountryCode, getCountries, isPossiblePhoneNumber, isValidPhoneNumber } from 'libphonenumber-js/min';

export function isEmail(value: string): boolean {
  return value.length <= 254 && /^[^\s@"<>(),;:]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(value);
}

/** Whether a text has the form of a telephone number: 7 to 15 digits, perhaps with an extension. */
export function looksLikePhone(value: string): boolean {
  if (value.length > 32 || !/^[+(\d０-９][\d\s().\/+-]*\d(?:\s*(?:x|ext\.?|poste|доб\.?|#)\s*\d{1,6})?$/i.test(value))
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
  return /[\s()\/-]|\d\.\d+\.\d/.test(value) && digitsOf(value).length >= 7 && !/^\d{3}-\d{2}-\d{4}$/.test(value);
}

/** Returns the country in whose plan most of the numbers are valid, and how many are. */
export function bestCountry(values: readonly string[]): { readonly country: CountryCode; readonly valid: number } {
  const candidates = getCountries().map((country) => ({ country, valid: validShare(values, country) * values.length }));
  return candidates.reduce((best, next) => (next.valid > best.valid ? next : best));
}

/** Returns the share of the numbers that are valid in the plan of a country. */
export function validShare(values: readonly string[], country: CountryCode): number {
  return values.filter((value) => isValidPhoneNumber(bare(value), country)).length / values.length;
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

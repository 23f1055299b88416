// Kinds that have a form without a check: dates, sentences, addresses, telephone numbers, postal codes.
import type { Finding } from '../finding.ts';
import { countryOf, isWrittenPhone, looksLikePhone } from '../kinds/contacts.ts';
import { type WrittenDate, readDate } from '../kinds/dates.ts';
import {
  holdsStreetWord,
  isKnownAddress,
  isMarkedPostalCode,
  looksLikeAddress,
  looksLikePostalCode,
} from '../kinds/places.ts';
import { EVENTS, KIND_TABLE } from '../kinds/table.ts';
import { hasHint } from '../kinds/words.ts';
import { type Looked, MOST, MOST_CATEGORIES, found, nameSays, percent, quantity, shareOf } from './looked.ts';

/** Values of a column of digits that are tried in the numbering plan of every country. */
const MOST_PHONES = 60;

/** A date of birth has the years of people's births, and no time of day. */
export function dates({ values, words, isText }: Looked): Finding | undefined {
  if (!isText) return undefined;
  const read = values.flatMap((value) => readDate(value) ?? []);
  const share = read.length / values.length;
  if (share < 0.8) return undefined;
  const why = [`${percent(share)} of ${quantity(values.length, 'distinct value')} are dates`];
  const isNamed = hasHint(words, KIND_TABLE['birth-date'].hints);
  const spread = spreadOf(read);
  const days = read.filter(({ hasTime }) => !hasTime).length / read.length;
  if (isNamed) return found('birth-date', 'certain', share, [...why, ...nameSays(true)]);
  if (days >= 0.95 && read.length >= 10 && spread.isOfBirths && !EVENTS.test(words)) {
    return found('birth-date', 'likely', share, [
      ...why,
      `nine in ten lie in a span of ${spread.years} years, as births of people do`,
    ]);
  }
  return found('date', 'certain', share, [...why, `nine in ten lie in a span of ${quantity(spread.years, 'year')}`]);
}

/** Years that nine in ten dates lie in. Births of living people spread over decades and none is older than 125 years. */
function spreadOf(read: readonly WrittenDate[]): { readonly years: number; readonly isOfBirths: boolean } {
  const years = read.map(({ year }) => year).toSorted((a, b) => a - b);
  const at = (share: number): number => years[Math.floor(share * (years.length - 1))]!;
  const span = at(0.95) - at(0.05);
  const isOfBirths = span >= 30 && at(0.05) >= 1900 && at(0.5) >= 1930 && at(0.5) <= 2005 && at(0.95) <= 2030;
  return { years: span, isOfBirths };
}

export function freeText({ values, words, distinct, rows }: Looked): Finding | undefined {
  const isNamed = hasHint(words, KIND_TABLE['free-text'].hints);
  const share = shareOf(values, isProse);
  const isRepeated = distinct <= MOST_CATEGORIES && rows >= MOST_CATEGORIES && rows >= 5 * distinct;
  if (isRepeated || share < (isNamed ? 0.2 : 0.5)) return undefined;
  const why = [`${percent(share)} of ${quantity(values.length, 'distinct value')} are sentences`, ...nameSays(isNamed)];
  return found('free-text', isNamed || share >= 0.8 ? 'certain' : 'likely', share, why);
}

/** Several words of which few begin with a capital; without blanks, many characters. */
function isProse(value: string): boolean {
  const words = value.split(/\s+/);
  const small = words.filter((word) => /^[\p{Ll}\p{Lo}]/u.test(word)).length;
  if (words.length >= 5 && small >= 0.5 * words.length && !/^\d/.test(value)) return true;
  if (words.length >= 12) return true;
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Thai}]/u.test(value) && value.length >= 30;
}

export function addresses({ values, words }: Looked): Finding | undefined {
  const isNamed = hasHint(words, KIND_TABLE.address.hints);
  const shape = shareOf(values, looksLikeAddress);
  const known = shareOf(values, isKnownAddress);
  const why = [
    `${percent(shape)} of ${quantity(values.length, 'distinct value')} have words and a number, ${percent(known)} a word for a street`,
    ...nameSays(isNamed),
  ];
  const isLikely = shape >= 0.6 && known >= 0.25 && values.length >= 5;
  if (isLikely) return found('address', known >= MOST || isNamed ? 'certain' : 'likely', shape, why);
  const streets = shareOf(values, holdsStreetWord);
  if (isNamed && (shape >= 0.3 || streets >= 0.15)) return found('address', 'likely', Math.max(shape, streets), why);
  const numbered = shareOf(values, isNumbered);
  const differ = distinctCount(values, textOf) >= MOST_ALIKE && distinctCount(values, numberOf) >= MOST_ALIKE;
  if (numbered < 0.7 || values.length < 20 || !differ) return undefined;
  return found('address', 'possible', numbered, [
    ...why,
    `${percent(numbered)} are words with a number before or behind them`,
  ]);
}

/** `12 High Street`, `Hauptstraße 12a`. */
function isNumbered(value: string): boolean {
  return (
    /^\d{1,5}[a-z]?(?:[/-]\d+)?,?\s\p{L}[\p{L}\p{M}\p{N}\s.'’-]+$/iu.test(value) ||
    /^\p{L}[\p{L}\p{M}\s.'’,-]+\s(?:n[.°ºr]?o?\.?\s?)?\d{1,5}\s?[a-z]?(?:[/-]\d+)?\.?$/iu.test(value)
  );
}

const textOf = (value: string): string => value.replaceAll(/\d/g, '');
const numberOf = (value: string): string => value.replaceAll(/\D/g, '');

/** `Room 12` and `iPhone 14` have one text or few numbers. */
const MOST_ALIKE = 15;

function distinctCount(values: readonly string[], of: (value: string) => string): number {
  return new Set(values.map(of)).size;
}

export function phones({ values, words }: Looked): Finding | undefined {
  const isNamed = hasHint(words, KIND_TABLE.phone.hints);
  const shape = shareOf(values, looksLikePhone);
  const written = shareOf(values, isWrittenPhone);
  const why = [
    `${percent(shape)} of ${quantity(values.length, 'distinct value')} have the form of telephone numbers, ${percent(written)} with separators`,
  ];
  if (isNamed && shape >= MOST) {
    return found('phone', written >= 0.3 ? 'certain' : 'likely', shape, [...why, ...nameSays(true)]);
  }
  const isWritten = written >= (shape >= 0.95 ? 0.15 : 0.6);
  if (isWritten && shape >= 0.8 && values.length >= 5) return found('phone', 'likely', shape, why);
  const trunk = shareOf(values, (value) => /^0\d{8,10}$/.test(value));
  if (trunk >= 0.95 && values.length >= 20) {
    return found('phone', 'possible', trunk, [...why, `${percent(trunk)} begin with 0 and have 9 to 11 digits`]);
  }
  // Numbers that all begin alike are too often valid somewhere.
  const heads = new Set(values.map((value) => value[0])).size;
  if (shape < 0.95 || values.length < 20 || heads < 4 || hasManyLengths(values)) return undefined;
  const tried = values.slice(0, MOST_PHONES);
  const country = countryOf(tried);
  if (country === undefined || isSequence(values)) return undefined;
  return found('phone', 'possible', shape, [...why, `they are valid in the numbering plan of ${country}`]);
}

function hasManyLengths(values: readonly string[]): boolean {
  return new Set(values.map(({ length }) => length)).size > 5;
}

/** Whether numbers stand close to each other, as those of a counter do. */
function isSequence(values: readonly string[]): boolean {
  const numbers = values.map(Number).toSorted((a, b) => a - b);
  return numbers.at(-1)! - numbers[0]! < 100 * numbers.length;
}

export function postalCodes({ values, words, isText, distinct }: Looked): Finding | undefined {
  const isNamed = hasHint(words, KIND_TABLE['postal-code'].hints);
  const shape = shareOf(values, looksLikePostalCode);
  const marked = shareOf(values, isMarkedPostalCode);
  const why = [`${percent(shape)} of ${quantity(values.length, 'distinct value')} have the form of postal codes`];
  if (isNamed && shape >= 0.7) return found('postal-code', 'certain', shape, [...why, ...nameSays(true)]);
  const isMarked = marked >= 0.2 && shape >= 0.95 && distinct >= 5;
  if (isMarked) return found('postal-code', 'likely', shape, [...why, `${percent(marked)} with letters or separators`]);
  const { length } = values[0]!;
  const isOneLength =
    /^\d{5,6}$/.test(values[0]!) && values.every((value) => /^\d+$/.test(value) && value.length === length);
  const zeros = shareOf(values, (value) => value.startsWith('0'));
  if (!isText || !isOneLength || distinct < 20 || zeros === 0) return undefined;
  return found('postal-code', 'possible', shape, [
    ...why,
    `all have ${length} digits, and ${percent(zeros)} begin with 0`,
  ]);
}

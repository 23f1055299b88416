// Which kind of data a column holds. Values decide; the column's name tips the scales where they leave it open.
import { type SampledColumn, tellingValues } from './column.ts';
import type { Finding, Sureness } from './finding.ts';
import { withoutStackTraces } from '../base/stackless.ts';
import {
  countryOf,
  holdsEmail,
  isEmail,
  isInternationalPhone,
  isIpAddress,
  isUuid,
  isWrittenPhone,
  looksLikePhone,
} from './kinds/contacts.ts';
import { readDate, type WrittenDate } from './kinds/dates.ts';
import { NATIONAL_NUMBERS, type NationalNumber } from './kinds/national-numbers.ts';
import { isCard, isIban } from './kinds/payments.ts';
import { isKnownName, looksLikeName } from './kinds/people.ts';
import {
  holdsStreetWord,
  isKnownAddress,
  isKnownPlace,
  isMarkedPostalCode,
  looksLikeAddress,
  looksLikePostalCode,
} from './kinds/places.ts';
import { COMMON_LISTS, EVENTS, type Kind, KIND_TABLE, THINGS } from './kinds/table.ts';
import { hasHint, nameWords } from './kinds/words.ts';

/** Distinct values that are looked at: shares of so many are exact to a percent or two. */
const MOST_VALUES = 1000;
/** Values of a column of digits that are tried in the numbering plan of every country. */
const MOST_PHONES = 60;

/** Returns the kind of a column. Pure: equal samples, equal findings. */
export function detectKind(column: SampledColumn): Finding {
  return withoutStackTraces(() => detect(column));
}

function detect(column: SampledColumn): Finding {
  if (/^(?:BLOB|BIT|JSON|STRUCT|MAP|UNION|GEOMETRY)\b|\[\d*\]$/.test(column.type))
    return found('unread', 'certain', 1, []);
  const telling = tellingValues(column);
  const looked: Looked = {
    words: nameWords(column.name),
    values: telling.slice(0, MOST_VALUES).map(([value]) => value),
    rows: telling.reduce((sum, [, rows]) => sum + rows, 0),
    distinct: telling.length,
    isText: !/^(?:BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U\w+INT\w*|UHUGEINT|FLOAT|DOUBLE|DECIMAL)/.test(
      column.type,
    ),
  };
  if (looked.values.length === 0) return found('empty', 'certain', 1, []);
  const checked = byCheck(looked);
  if (checked !== undefined) return checked;
  return STEPS.reduce<Finding | undefined>((finding, step) => finding ?? step(looked), undefined) ?? rest(looked);
}

interface Looked {
  /** Of the column's name. */
  readonly words: string;
  readonly values: readonly string[];
  /** Rows with a telling value. */
  readonly rows: number;
  readonly distinct: number;
  /** False for types of numbers and booleans. */
  readonly isText: boolean;
}

type Step = (looked: Looked) => Finding | undefined;

/** In this order: what is more specific comes first. */
const STEPS: readonly Step[] = [
  dates,
  uncheckedNumbers,
  postalCodes,
  phones,
  mixed,
  freeText,
  addresses,
  named,
  peopleAndPlaces,
];

/** A kind whose values say by themselves that they are of it. */
interface Checked {
  readonly kind: Kind;
  readonly number?: NationalNumber;
  readonly takes: (value: string) => boolean;
  /** The share of other texts of this form that pass. */
  readonly chance: number;
  readonly hints: readonly string[];
}

const CHECKED: readonly Checked[] = [
  { kind: 'uuid', takes: isUuid, chance: 1e-6, hints: KIND_TABLE.uuid.hints },
  { kind: 'email', takes: isEmail, chance: 1e-3, hints: KIND_TABLE.email.hints },
  { kind: 'iban', takes: isIban, chance: 1e-4, hints: KIND_TABLE.iban.hints },
  { kind: 'card', takes: isCard, chance: 0.05, hints: KIND_TABLE.card.hints },
  { kind: 'ip-address', takes: isIpAddress, chance: 1e-3, hints: KIND_TABLE['ip-address'].hints },
  { kind: 'phone', takes: isInternationalPhone, chance: 1e-3, hints: KIND_TABLE.phone.hints },
  ...NATIONAL_NUMBERS.map((number): Checked => {
    const { takes, chance, hints } = number;
    return {
      kind: 'national-number',
      number,
      takes,
      chance,
      hints: [...hints, ...KIND_TABLE['national-number'].hints],
    };
  }),
];

/** Powers of ten of chance that the values must leave behind, for the kind to need no name. */
const ENOUGH = 5;
/** As good as all: the rest is dirt. */
const NEARLY_ALL = 0.9;
const MOST = 0.5;
/** Shares so close are equal, and the kind that fewer other texts would pass wins. */
const EQUAL = 0.03;

function byCheck({ values, words }: Looked): Finding | undefined {
  const candidates = CHECKED.flatMap((checked) => {
    const passed = values.filter((value) => checked.takes(value)).length;
    const share = passed / values.length;
    const isNamed = hasHint(words, checked.hints);
    const evidence = passed * -Math.log10(checked.chance);
    const sure = surenessOf(share, evidence, isNamed, checked.chance);
    return sure === undefined ? [] : [{ checked, share, isNamed, sure }];
  });
  if (candidates.length === 0) return undefined;
  const top = Math.max(...candidates.map(({ share }) => share));
  const best = candidates
    .filter(({ share }) => share >= top - EQUAL)
    .toSorted((a, b) => Number(b.isNamed) - Number(a.isNamed) || a.checked.chance - b.checked.chance)[0]!;
  const { checked, share, isNamed, sure } = best;
  const title = checked.number?.title ?? KIND_TABLE[checked.kind].title;
  const why = [
    `${percent(share)} of ${quantity(values.length, 'distinct value')} are ${title} by form and check (by accident ${odds(checked.chance)} each)`,
    ...nameSays(isNamed),
  ];
  const also = candidates.filter(
    ({ checked: { kind, number }, share: other }) =>
      kind === checked.kind && number?.label !== checked.number?.label && other >= share - EQUAL,
  );
  if (also.length > 0)
    why.push(`they are ${also.map(({ checked: { number } }) => number!.title).join(' and ')} as well`);
  return { ...found(checked.kind, sure, share, why), ...(checked.number && { number: checked.number }) };
}

function surenessOf(share: number, evidence: number, isNamed: boolean, chance: number): Sureness | undefined {
  if (share >= NEARLY_ALL && evidence >= ENOUGH && chance < MOST) return 'certain';
  if (isNamed && share >= MOST && share > 2 * chance) return share >= NEARLY_ALL ? 'certain' : 'likely';
  if (isNamed && share >= NEARLY_ALL && chance >= MOST) return 'likely';
  return share >= MOST && share > 4 * chance && evidence >= ENOUGH ? 'likely' : undefined;
}

/** A date of birth has the years of people's births, and no time of day. */
function dates({ values, words, isText }: Looked): Finding | undefined {
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

/** Numbers that the column's name calls national, and that no check digit confirms. */
function uncheckedNumbers({ values, words }: Looked): Finding | undefined {
  const number = NATIONAL_NUMBERS.find(({ hints }) => hasHint(words, hints));
  const isNamed = number !== undefined || hasHint(words, KIND_TABLE['national-number'].hints);
  if (!isNamed) return undefined;
  const share = shareOf(values, (value) => isIdentifier(value) && value.replaceAll(/\D/g, '').length >= 6);
  if (share < 0.8) return undefined;
  return found('national-number', 'possible', share, [
    'the name of the column says so, and the values look like identifiers',
    'their check digits fit no national number that discovery knows',
  ]);
}

/** Texts among which some are personal data for certain, as a whole or, for addresses of e-mail, in part. */
function mixed({ values, isText }: Looked): Finding | undefined {
  if (!isText) return undefined;
  for (const { kind, number, takes, chance } of MIXED) {
    const share = shareOf(values, takes);
    if (share < Math.max(0.02, 10 * chance) || share * values.length < 2) continue;
    const title = number?.title ?? KIND_TABLE[kind].title;
    return found('free-text', 'likely', share, [
      `${percent(share)} of ${quantity(values.length, 'distinct value')} hold ${title}, the others are something else`,
    ]);
  }
  return undefined;
}

/** Kinds that are known among others. Cards are in groups here: one in twenty numbers of their length passes by accident. */
const MIXED: readonly Checked[] = [
  ...CHECKED.filter(({ kind, chance }) => chance <= 0.005 && kind !== 'uuid' && kind !== 'email'),
  { kind: 'email', takes: holdsEmail, chance: 1e-3, hints: [] },
  { kind: 'card', takes: (value) => /[ -]/.test(value) && isCard(value), chance: 1e-3, hints: [] },
];

function freeText({ values, words, distinct, rows }: Looked): Finding | undefined {
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

function addresses({ values, words }: Looked): Finding | undefined {
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

function phones({ values, words }: Looked): Finding | undefined {
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

function postalCodes({ values, words, isText, distinct }: Looked): Finding | undefined {
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

/** What the name of a column says about values that have no form of their own. */
function named({ values, words, isText }: Looked): Finding | undefined {
  if (hasHint(words, KIND_TABLE['personal-amount'].hints)) {
    const share = shareOf(values, isNumber);
    if (share >= 0.8) return found('personal-amount', 'likely', share, ['the values are numbers', ...nameSays(true)]);
  }
  if (hasHint(words, KIND_TABLE['personal-id'].hints)) {
    const share = shareOf(values, (value) => isIdentifier(value) || /^[\w.@-]{3,40}$/.test(value));
    if (share >= 0.8 && (isText || shareOf(values, isNumber) >= 0.8)) {
      return found('personal-id', 'likely', share, [...nameSays(true), 'the values look like identifiers']);
    }
  }
  return undefined;
}

function peopleAndPlaces({ values, words, rows, distinct, isText }: Looked): Finding | undefined {
  if (!isText) return undefined;
  const shape = shareOf(values, (value) => looksLikeName(value) || isKnownPlace(value));
  const ofPeople = hasHint(words, KIND_TABLE['person-name'].hints) && !THINGS.test(words);
  const ofPlaces = hasHint(words, KIND_TABLE.place.hints);
  // Names that are called so need no capitals.
  const isNamed = (ofPeople || ofPlaces) && shareOf(values, isWords) >= 0.7 && (distinct >= 10 || shape >= 0.8);
  if (shape < 0.8 && !isNamed) return undefined;
  const people = shareOf(values, (value) => isKnownName(value));
  const places = shareOf(values, (value) => isKnownPlace(value));
  const shares = `${percent(people)} of ${quantity(values.length, 'distinct value')} hold a word that names of people have, ${percent(places)} one that places have`;
  if (ofPlaces && !(people >= 0.15 && people > 2 * places)) {
    return found('place', places >= 0.1 ? 'certain' : 'likely', shape, [shares, ...nameSays(true)]);
  }
  if (ofPeople && !(places >= 0.25 && places > 1.5 * people)) {
    return found('person-name', people >= 0.1 ? 'certain' : 'likely', shape, [shares, ...nameSays(true)]);
  }
  const isShared = distinct <= MOST_CATEGORIES && rows >= 4 * distinct;
  const severalWords = shareOf(values, (value) => /\S[\s・·]\S/.test(value));
  const isFew = distinct < 8 || isShared;
  // A few words of one kind, such as colours, may be names too.
  const isConvincing = isFew ? people >= 0.6 && (severalWords >= MOST || distinct >= 15) : people >= 0.08;
  if (isConvincing && people > 1.2 * places) {
    return found('person-name', people >= MOST ? 'likely' : 'possible', shape, [shares]);
  }
  if (places >= MOST && distinct >= 5) return found('place', 'possible', shape, [shares]);
  const codes = shareOf(values, (value) => /^[A-Z]{1,4}$/.test(value));
  if (isShared || isFew || codes >= MOST || COMMON_LISTS.test(words)) return undefined;
  if (places >= 0.3) return found('place', 'possible', shape, [shares]);
  return found('proper-name', 'possible', shape, [shares, 'nearly all are one to six words with capitals']);
}

/** One to five words without a digit. */
function isWords(value: string): boolean {
  return value.length <= 60 && /^\p{L}[\p{L}\p{M}.,'’`´()-]*(?:[\s·・]+[\p{L}\p{M}.,'’`´()-]+){0,4}$/u.test(value);
}

const MOST_CATEGORIES = 60;

/** Kinds that a column is not left alone for when only its name speaks of them. */
const NAMED_SENSITIVE = [
  'email',
  'card',
  'iban',
  'national-number',
  'phone',
  'birth-date',
  'address',
  'postal-code',
  'ip-address',
  'personal-id',
] as const satisfies readonly Kind[];

function rest({ values, words, rows, distinct, isText }: Looked): Finding {
  const numbers = shareOf(values, isNumber);
  const counts = `${quantity(distinct, 'distinct value')} in ${quantity(rows, 'row')}`;
  if (distinct <= 2 || (distinct <= MOST_CATEGORIES && rows >= 4 * distinct))
    return found('category', 'likely', 1, [counts]);
  if (!isText || numbers >= 0.95) return found('number', 'likely', numbers, [`${percent(numbers)} are numbers`]);
  const said = NAMED_SENSITIVE.find((kind) => hasHint(words, KIND_TABLE[kind].hints));
  if (said !== undefined) {
    const why = `the name of the column speaks of ${KIND_TABLE[said].title}, and the values have no form that discovery knows`;
    return found('personal-id', 'possible', 1, [counts, why]);
  }
  return found('code', 'possible', 1, [counts]);
}

function isNumber(value: string): boolean {
  return /^[-+]?[$€£¥]?\s?\d[\d.,' ]*(?:e[-+]?\d+)?\s?[%€£]?$/i.test(value);
}

/** A few groups of letters and digits, with a digit. */
function isIdentifier(value: string): boolean {
  return (
    value.length >= 4 &&
    value.length <= 40 &&
    /\d/.test(value) &&
    /^[\p{L}\p{N}]+(?:[ ./-][\p{L}\p{N}]+){0,5}$/u.test(value)
  );
}

function shareOf(values: readonly string[], takes: (value: string) => boolean): number {
  return values.filter((value) => takes(value)).length / values.length;
}

function found(kind: Kind, sure: Sureness, share: number, why: readonly string[]): Finding {
  return { kind, sure, share, why };
}

function nameSays(isNamed: boolean): string[] {
  return isNamed ? ['the name of the column says so too'] : [];
}

/** 0.956 → `96 %`; a share is 0 % or 100 % only where it is. */
function percent(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 0 && share > 0) return 'under 1 %';
  return rounded === 100 && share < 1 ? 'over 99 %' : `${rounded} %`;
}

function odds(chance: number): string {
  return `1 in ${Math.round(1 / chance).toLocaleString('en-US')}`;
}

function quantity(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

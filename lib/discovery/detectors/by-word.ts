// Kinds that words tell: those of the values, and those of the column's name.
import type { Finding } from '../finding.ts';
import { NATIONAL_NUMBERS } from '../kinds/national-numbers.ts';
import { isKnownName, looksLikeName } from '../kinds/people.ts';
import { isKnownPlace } from '../kinds/places.ts';
import { COMMON_LISTS, KIND_TABLE, THINGS } from '../kinds/table.ts';
import { hasHint } from '../kinds/words.ts';
import {
  type Looked,
  MOST,
  MOST_CATEGORIES,
  found,
  isIdentifier,
  isNumber,
  nameSays,
  percent,
  quantity,
  shareOf,
} from './looked.ts';

/** Numbers that the column's name calls national, and that no check digit confirms. */
export function uncheckedNumbers({ values, words }: Looked): Finding | undefined {
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

/** What the name of a column says about values that have no form of their own. */
export function named({ values, words, isText }: Looked): Finding | undefined {
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

export function peopleAndPlaces({ values, words, rows, distinct, isText }: Looked): Finding | undefined {
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

// Names of people: their shape, and words and endings that names have in many languages.
import { HAN_FAMILY, HANGUL_FAMILY, JAPANESE_FAMILY, NAME_WORDS } from './names.data.ts';
import { plain, wordsOf } from './words.ts';

const WORDS: ReadonlySet<string> = new Set(wordsOf(plain(NAME_WORDS)));
const JAPANESE: ReadonlySet<string> = new Set(JAPANESE_FAMILY.split(' '));
/** Two syllables are the family name of few Koreans. */
const HAN: ReadonlySet<string> = new Set(HAN_FAMILY);
const HANGUL: ReadonlySet<string> = new Set(HANGUL_FAMILY);

/** Words that stand in names in lower case. */
const PARTICLES =
  /^(?:von|vom|van|der|den|de|del|della|dello|di|da|das|do|dos|du|des|la|le|el|al|bin|ibn|bint|ben|zu|zur|ter|ten|af|av|y|e|i|und|the|st)$/;

/** Titles that only people have. */
const TITLE =
  /^(?:mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|mme|mlle|sr|sra|sig|dott|ing|mag|pan|pani|jr|sr|ii|iii|iv|md|phd|dds|dvm)\.?$/;

/** Endings of family names and patronymics, in plain letters. */
const ENDING =
  /(?:sson|sdottir|sen|ovich|evich|ovna|evna|enko|czyk|owski|owska|ewski|ewska|iewicz|owicz|insky|skiy|idze|shvili|oglu|opoulos|opoulou|akis|idis|adis|ellis|yan|ovic|evic|escu|eanu|wicz|ович|евич|овна|евна|ский|ская|енко|чук|ов|ова|ев|ева|ин|ина|όπουλος|ίδης|άκης|πουλος|ιδης|ακης)$/;

/** Whether a text may be the name of a person: one to five words of letters, with capitals where a script has them. */
export function looksLikeName(value: string): boolean {
  if (value.length > 60 || !/^[\p{L}\p{M}][\p{L}\p{M}\s.,'’`´ʼ·・-]*$/u.test(value)) return false;
  const words = value.split(/[\s,·・]+/).filter((word) => word !== '');
  if (words.length > 6) return false;
  if (isEastAsian(value)) return value.length <= 8;
  const isUpper = value === value.toUpperCase() && value !== value.toLowerCase();
  return words.every((word) => {
    const bare = word.replaceAll(/^[^\p{L}]+/gu, '');
    return isUpper || PARTICLES.test(bare) || !/^\p{Ll}/u.test(bare) || TITLE.test(bare.toLowerCase());
  });
}

/** Whether a text holds a word, an ending or a title that names of people have. */
export function isKnownName(value: string): boolean {
  if (!looksLikeName(value)) return false;
  if (isEastAsian(value)) return isEastAsianName(value);
  return wordsOf(plain(value)).some(
    (word) => WORDS.has(word) || (word.length > 5 && ENDING.test(word)) || TITLE.test(word),
  );
}

function isEastAsian(value: string): boolean {
  return /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s々・·ー]+$/u.test(value);
}

function isEastAsianName(value: string): boolean {
  const parts = value.split(/[\s・·]+/);
  const text = parts.join('');
  const [first] = text;
  if (/^\p{Script=Hangul}{1,4}$/u.test(text)) return HANGUL.has(first!) && text.length !== 2;
  if (parts.length === 2 && JAPANESE.has(parts[0]!)) return true;
  if (JAPANESE.has(text)) return true;
  if ([1, 2, 3].some((length) => JAPANESE.has(text.slice(0, length)) && text.length > length && text.length <= 6)) {
    return true;
  }
  return /^\p{Script=Han}{1,3}$/u.test(text) && HAN.has(first!);
}

// Text as detectors compare it: words without case and accents.

/** Returns a text in lower case, without accents. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, (mark) => (mark >= '\u0300' && mark <= '\u036f' ? '' : mark))
    .normalize('NFC')
    .replaceAll('ß', 'ss')
    .replaceAll(/[øðłđı]/g, (letter) => ({ ø: 'o', ð: 'd', ł: 'l', đ: 'd', ı: 'i' })[letter]!);
}

/** Returns the words of a plain text: runs of letters, digits and marks. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

/** Returns the words of a column's name: `customerFirstName2` → `customer first name`. */
export function nameWords(name: string): string {
  const parted = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll(/(?<=\p{L})\p{N}+$/gu, '');
  return wordsOf(plain(parted).replaceAll('_', ' ')).join(' ');
}

/** Whether a column's name holds one of the words or phrases. Scripts without blanks between words are searched anywhere. */
export function hasHint(words: string, hints: readonly string[]): boolean {
  const padded = ` ${words} `;
  const joined = words.replaceAll(' ', '');
  return hints.some((hint) => {
    if (UNSPACED.test(hint)) return joined.includes(hint.replaceAll(' ', ''));
    return padded.includes(` ${hint} `) || joined === hint.replaceAll(' ', '');
  });
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

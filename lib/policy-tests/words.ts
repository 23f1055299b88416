// The words of a sentence. Each way of saying a thing becomes one: `can` and `may`, `everyone` and `everybody`.

/** A word of the grammar, or a name. What stands in quotes is always a name. */
export interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** A quoted name; a comma or colon at the end of a word; an arrow; a word. */
const WORD = /"([^"]*)"|'([^']*)'|`([^`]*)`|(->|→|[,:](?=\s|$)|[^\s]+?(?=[,:]*(?:\s|$)))/gy;

/** The users that no role lists, as one word. */
export const ELSE = 'anybody else';
/** `any element`, in sentences that deny, and `every element`, in sentences that grant. */
export const ANY = 'any element';
export const EVERY = 'every element';

/** Phrases, and the word that stands for them in the grammar; none for words without meaning. Longer ones come first. */
const PHRASES: readonly (readonly [phrases: string, word: string])[] = [
  [
    'anyone else|anybody else|everyone else|everybody else|any other user|all other users|every other user|other users',
    ELSE,
  ],
  [
    'is not allowed to|are not allowed to|may not|can not|cannot|must not|shall not|may never|does not|do not|never',
    'not',
  ],
  ['is allowed to|are allowed to|is able to|are able to|may|can|shall|must', ''],
  ['no one|noone|no-one|no user|no users', 'nobody'],
  ['everyone|every user|all users|each user', 'everybody'],
  ['someone|some user', 'somebody'],
  ['anyone|any user', 'anybody'],
  ['except for|apart from|other than|except|besides', 'but'],
  ['protects', 'protect'],
  ['unprotects', 'unprotect'],
  ['reprotects', 'reprotect'],
  ['sees|reads|read', 'see'],
  ['does', 'do'],
  ['in the clear|in plain text|in plaintext|unmasked', 'in clear'],
  ['is a member of|are members of|belongs to|is in', 'is in'],
  ['gives|returns|gets|->|→|:', ':'],
  ['any elements|any element', ANY],
  ['all elements|each element|every element|everything', EVERY],
  ['no way', 'no path'],
  ['all grants|all the grants', 'every grant'],
  ['grants', 'grant'],
  ['are', 'is'],
  ['the group', 'group'],
  ['the role', 'role'],
  ['the user', 'user'],
];

const BY_LENGTH = PHRASES.flatMap(([phrases, word]) =>
  phrases.split('|').map((phrase) => ({ words: phrase.split(' '), becomes: wordsOf(word) })),
).toSorted((a, b) => b.words.length - a.words.length);

/** `in clear` is two words of the grammar; the reserved phrases are one. */
function wordsOf(word: string): readonly string[] {
  if (word === '') return [];
  return [ELSE, ANY, EVERY].includes(word) ? [word] : word.split(' ');
}

/** Words that are no names, unless they are quoted. */
const RESERVED: ReadonlySet<string> = new Set([
  ...'nobody everybody somebody anybody only but and or not protect unprotect reprotect see both of to by in clear'.split(
    ' ',
  ),
  ...'anything nothing who is has every any no path grant shows masked with do at least most , : it'.split(' '),
  ELSE,
  ANY,
  EVERY,
]);

/** Tells whether a word can be a name. */
export function isName({ text, isQuoted }: Word): boolean {
  return isQuoted || !RESERVED.has(text.toLowerCase());
}

/** Splits a sentence into the words of the grammar. */
export function wordsIn(sentence: string): Word[] {
  const given: Word[] = [];
  for (const [, double, single, back, bare] of sentence.trim().matchAll(spaced(WORD))) {
    const quoted = double ?? single ?? back;
    given.push(quoted === undefined ? { text: bare!, isQuoted: false } : { text: quoted, isQuoted: true });
  }
  const words: Word[] = [];
  for (let at = 0; at < given.length; ) {
    const phrase = BY_LENGTH.find(({ words: parts }) =>
      parts.every((part, i) => given[at + i]?.isQuoted === false && given[at + i]!.text.toLowerCase() === part),
    );
    if (phrase === undefined) words.push(given[at]!);
    else words.push(...phrase.becomes.map((text) => ({ text, isQuoted: false })));
    at += phrase?.words.length ?? 1;
  }
  return words;
}

function spaced(pattern: RegExp): RegExp {
  return new RegExp(`\\s*(?:${pattern.source})`, 'gy');
}

/** Writes a name into a sentence: in quotes where it would not be read as one name. */
export function nameText(name: string): string {
  const [only, ...more] = wordsIn(name);
  const isPlain = only !== undefined && more.length === 0 && only.text === name && !only.isQuoted && isName(only);
  if (isPlain) return name;
  return (
    ['"', "'", '`'].map((mark) => mark + name + mark).find((quoted) => wordsIn(quoted)[0]?.text === name) ?? `"${name}"`
  );
}

// What a reprotect may do: move values to tokens of another element, unless these would show the user more of the values
// than the old ones do. Pure; element-types.ts says what the tokens of each type show.

import { isAsciiDigit, isAsciiLetter } from '../base/ascii.ts';
import { traitsOf } from './element-types.ts';
import type { AlphabetDefinition, MaskDefinition } from './elements/parts.ts';
import type { ShortValues, Shown, ShownParts } from './elements/shown.ts';
import { hasKey } from './key-versions.ts';
import { kindTables } from './kinds.ts';
import { maskSetting } from './mask.ts';
import type { ElementDefinition } from './schema.ts';

/**
 * What an unprotect shows a user of an element's values: all, a masked part, or nothing. A refused unprotect that is
 * answered with the protected values shows nothing that the user does not hold.
 */
export type Sight = 'clear' | 'nothing' | MaskDefinition;

/** Why no user may move values between two elements: a digest has no way back; the others do not fit. */
export type Misfit = 'HMAC_MISUSED' | 'ELEMENT_UNFIT';

/**
 * Returns why values cannot be moved from one element to another, whoever asks: a digest has no clear value, bytes are
 * not text, and a reprotect must not turn protected values into clear ones.
 */
export function misfitOf(from: ElementDefinition, to: ElementDefinition): Misfit | undefined {
  if (!traitsOf(from).isReversible || !traitsOf(to).isReversible) return 'HMAC_MISUSED';
  const unprotects = !hasKey(to) && hasKey(from);
  return unprotects || traitsOf(from).values.clear !== traitsOf(to).values.clear ? 'ELEMENT_UNFIT' : undefined;
}

/** Decides which moves show more. Remembers pairs of elements: comparing two large alphabets takes milliseconds. */
export class Moves {
  readonly #alphabets: readonly AlphabetDefinition[];
  readonly #shown = new Map<ElementDefinition, Shown>();
  readonly #known = new Map<string, string | undefined>();

  constructor(alphabets: readonly AlphabetDefinition[]) {
    this.#alphabets = alphabets;
  }

  /**
   * Returns what a move from one element to another one would show a user who may reprotect both, in words, and
   * `undefined` where it shows no more than `seen`, what an unprotect of the old element shows, and its tokens do.
   * `after`: what an unprotect of the new element shows the same user.
   */
  disclosure(
    from: ElementDefinition,
    to: ElementDefinition,
    { seen, after }: { readonly seen: Sight; readonly after: Sight },
  ): string | undefined {
    if (seen === 'clear' || from.name === to.name || misfitOf(from, to) !== undefined) return undefined;
    if (after === 'clear') return 'the clear value, which the user may unprotect there';
    if (after !== 'nothing' && (seen === 'nothing' || maskSetting(seen) !== maskSetting(after))) {
      return 'what a mask leaves, which the user may unprotect there';
    }
    const pair = JSON.stringify([from.name, to.name]);
    if (!this.#known.has(pair)) this.#known.set(pair, this.#compare(from, to));
    return this.#known.get(pair);
  }

  #compare(from: ElementDefinition, to: ElementDefinition): string | undefined {
    const now = this.#shownBy(to);
    // The user holds the clear values of an element without a key, but is not to use it as a way around its grants.
    if (now === 'everything') return 'the whole value';
    const before = this.#shownBy(from);
    return before === 'everything' ? undefined : moreShown(before, now);
  }

  #shownBy(element: ElementDefinition): Shown {
    let shown = this.#shown.get(element);
    if (shown === undefined) {
      shown = traitsOf(element).shown(element, this.#alphabets);
      this.#shown.set(element, shown);
    }
    return shown;
  }
}

/** Returns what tokens of the second kind show and those of the first do not, in words; `undefined` where that is nothing. */
export function moreShown(before: ShownParts, now: ShownParts): string | undefined {
  if (now.fromLeft > before.fromLeft || now.fromRight > before.fromRight) return 'characters at an end';
  const part = now.parts.find((each) => !before.parts.includes(each) && !before.absent.includes(each));
  if (part !== undefined) return part;
  if (now.dates.some((date) => !before.dates.includes(date))) return 'dates that stay clear';
  if (now.short !== undefined && !isWithin(now.short, before.short)) return 'short values';
  return (
    moreCharacters(before, now) ??
    (isWeaker(before, now) ? 'tokens of less than a million alternatives, which can be guessed' : undefined)
  );
}

/**
 * Tells whether every value that stays clear for its length has stayed clear before. A new element that hides at least the
 * characters of the old one counts at least as many.
 */
function isWithin(now: ShortValues, before: ShortValues | undefined): boolean {
  return now.counted === before?.counted && now.fewer.every((count, i) => count <= (before.fewer[i] ?? 0));
}

function isWeaker(before: ShownParts, now: ShownParts): boolean {
  if (now.weakFrom === undefined) return false;
  const from = before.short === undefined ? before.weakFrom : 1;
  return from === undefined || now.weakFrom < from;
}

/** What becomes of a character: it stays, values with it are refused, or it becomes another of the set of this number. */
type Fate = 'stays' | 'refused' | number;

/** Says which characters the new tokens would show: alone, or by the set that they are in. */
function moreCharacters(before: ShownParts, now: ShownParts): string | undefined {
  if (now.hidden === 'every character') return undefined;
  if (before.hidden === 'every character') {
    if (now.others !== 'none') return 'characters outside the alphabet';
    return now.hidden === 'kinds' || now.hidden.length > 1 ? SETS : undefined;
  }
  // Marks are hidden with the letters, and no alphabet has all of them.
  if (before.hidden === 'kinds') return now.hidden === 'kinds' ? undefined : 'characters outside the alphabet';
  const fateOf = fates(now);
  for (const set of before.hidden) {
    let common: Fate | undefined;
    for (const point of set) {
      for (const each of now.normalizes ? normalForm(point) : [point]) {
        const fate = fateOf(each);
        if (fate === 'refused') continue;
        if (fate === 'stays') return whatStays(each);
        common ??= fate;
        if (common !== fate) return SETS;
      }
    }
  }
  return undefined;
}

const SETS = 'of which set a character is: a letter or a digit, a capital, a script';

function whatStays(point: number): string {
  if (!isAscii(point)) return 'characters outside the alphabet';
  return `ASCII ${isAsciiDigit(point) ? 'digits' : isAsciiLetter(point) ? 'letters' : 'signs'} outside the alphabet`;
}

function fates({ hidden, foldsCase, others }: ShownParts): (point: number) => Fate {
  const setOf = hidden === 'kinds' ? kindOf : setsOf(hidden as readonly Uint32Array[]);
  return (point) => {
    const set = setOf(foldsCase && isAsciiLetter(point) ? point & ~0x20 : point);
    if (set > 0) return set;
    if (isAsciiLetter(point) || isAsciiDigit(point)) return others === 'signs and ASCII' ? 'stays' : 'refused';
    return others === 'none' || /[\p{L}\p{N}]/u.test(String.fromCodePoint(point)) ? 'refused' : 'stays';
  };
}

/** Returns the number of a character's kind; 0 for characters without one, among them those that compose with others. */
function kindOf(point: number): number {
  const { kinds, sizes } = kindTables();
  const kind = kinds[point] ?? 0;
  return kind < sizes.length ? kind : 0;
}

function setsOf(hidden: readonly Uint32Array[]): (point: number) => number {
  const sets = new Map(hidden.flatMap((points, i) => Array.from(points, (point) => [point, i + 1] as const)));
  return (point) => sets.get(point) ?? 0;
}

/** Returns what Unicode normal form C makes of a character. */
function normalForm(point: number): number[] {
  if (isAscii(point)) return [point];
  return Array.from(String.fromCodePoint(point).normalize('NFC'), (character) => character.codePointAt(0)!);
}

function isAscii(point: number): boolean {
  return point < 0x80;
}

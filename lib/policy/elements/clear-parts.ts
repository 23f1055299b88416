// What an element leaves clear of values that it tokenizes, in words.

import type { Warning } from '../warning.ts';
import { type OtherCharacters, otherCharactersOf } from './other-characters.ts';
import type { ShownParts } from './shown.ts';

interface ClearEnds {
  readonly fromLeft: number;
  readonly fromRight: number;
}

interface OverAlphabet extends ClearEnds {
  /** Absent from policies of earlier versions, and from types whose alphabet holds all ASCII letters and digits. */
  readonly otherCharacters?: OtherCharacters | undefined;
}

/** Describes the ends that stay clear: `the first 2 characters`. */
export function clearEnds({ fromLeft, fromRight }: ClearEnds): string[] {
  return [...end('first', fromLeft), ...end('last', fromRight)];
}

function end(which: 'first' | 'last', count: number): string[] {
  if (count === 0) return [];
  return [count === 1 ? `the ${which} character` : `the ${which} ${count} characters`];
}

/** Describes the ASCII letters and digits outside an alphabet that stay clear. */
export function clearOthers(element: OverAlphabet, codePoints: Uint32Array, foldsCase: boolean): string[] {
  if (otherCharactersOf(element) === 'refuse') return [];
  const alphabet = new Set(codePoints);
  const isOutside = (character: string): boolean =>
    !alphabet.has(character.charCodeAt(0)) && !(foldsCase && alphabet.has(character.toUpperCase().charCodeAt(0)));
  const others = [...(LETTERS.some(isOutside) ? ['letters'] : []), ...(DIGITS.some(isOutside) ? ['digits'] : [])];
  return others.length === 0 ? [] : [`ASCII ${others.join(' and ')} outside the alphabet`];
}

/** Tells which characters outside its alphabet an element keeps. Letters and digits of other scripts are refused. */
export function keptCharactersOf(element: object): ShownParts['others'] {
  return otherCharactersOf(element) === 'refuse' ? 'signs' : 'signs and ASCII';
}

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const DIGITS = Array.from('0123456789');

/** Warns about ASCII letters and digits that stay clear because nothing refuses them. */
export function lintOthers(others: readonly string[], path: string): Warning[] {
  return others.map((what) => ({
    rule: 'other-characters-in-clear',
    path: `${path}.otherCharacters`,
    message: `${what} stay clear; "refuse" refuses values that have them`,
  }));
}

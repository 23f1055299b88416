// Parsers of sentences, combined from small ones. A parser yields every way to read the words from a place on, best first,
// so that a list of names may end early where the rest needs it.

import { isName, type Word } from './words.ts';

/** Yields a value, and the place of the word after it. */
export type Parser<T> = (words: readonly Word[], at: number) => Iterable<readonly [value: T, next: number]>;

/** Reads words of the grammar. */
export function word(phrase: string): Parser<string> {
  const parts = phrase.split(' ');
  return function* (words, at) {
    const isHere = parts.every((part, i) => !words[at + i]?.isQuoted && words[at + i]?.text.toLowerCase() === part);
    if (isHere) yield [phrase, at + parts.length];
  };
}

/** Reads one word of the grammar that stands for several words. */
export function term(text: string): Parser<string> {
  return function* (words, at) {
    if (!words[at]?.isQuoted && words[at]?.text === text) yield [text, at + 1];
  };
}

/** Reads a name. */
export const name: Parser<string> = function* (words, at) {
  const here = words[at];
  if (here !== undefined && isName(here)) yield [here.text, at + 1];
};

/** Reads a whole number from 1. */
export const number: Parser<number> = function* (words, at) {
  const here = words[at];
  if (here !== undefined && !here.isQuoted && /^[1-9]\d{0,6}$/.test(here.text)) yield [Number(here.text), at + 1];
};

export function map<A, B>(parser: Parser<A>, change: (value: A) => B): Parser<B> {
  return function* (words, at) {
    for (const [value, next] of parser(words, at)) yield [change(value), next];
  };
}

/** Reads as any of these, in order. */
export function either<T>(...parsers: readonly Parser<T>[]): Parser<T> {
  return function* (words, at) {
    for (const parser of parsers) yield* parser(words, at);
  };
}

/** Reads one after another. */
export function seq<T extends readonly unknown[]>(...parsers: { readonly [I in keyof T]: Parser<T[I]> }): Parser<T> {
  return function* (words, at) {
    yield* from(0, at, []);
    function* from(i: number, place: number, values: readonly unknown[]): Iterable<readonly [T, number]> {
      const parser = parsers[i] as Parser<unknown> | undefined;
      if (parser === undefined) yield [values as T, place];
      else for (const [value, next] of parser(words, place)) yield* from(i + 1, next, [...values, value]);
    }
  };
}

/** Reads a part that may be absent. */
export function optional<T>(parser: Parser<T>): Parser<T | undefined> {
  return function* (words, at) {
    yield* parser(words, at);
    yield [undefined, at];
  };
}

const SEPARATORS = either(word(', and'), word(', or'), word(','), word('and'), word('or'));

/** Reads `a, b and c`: the longest list first. */
export function listOf<T>(item: Parser<T>): Parser<readonly T[]> {
  return function* (words, at) {
    for (const [first, next] of item(words, at)) {
      for (const [, after] of SEPARATORS(words, next)) {
        for (const [rest, end] of listOf(item)(words, after)) yield [[first, ...rest], end];
      }
      yield [[first], next];
    }
  };
}

/** Returns the first reading of all the words. */
export function readAll<T>(parser: Parser<T>, words: readonly Word[]): T | undefined {
  for (const [value, next] of parser(words, 0)) if (next === words.length) return value;
  return undefined;
}

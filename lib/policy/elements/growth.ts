// How much longer a token is than its value, and a value than its token: what replies must have room for.

/** Bytes of JSON: a value of n bytes becomes at most `factor`·n + `more`, without quotation marks and commas. */
export interface Growth {
  readonly factor: number;
  readonly more: number;
}

/** Growth of an element's values in both directions. */
export interface ReplyGrowth<Element> {
  readonly protect: (element: Element) => Growth;
  readonly unprotect: (element: Element) => Growth;
  /**
   * The fewest bytes of UTF-8 that each byte of values becomes: what surely exceeds the reply limit is refused before the
   * work. 0 where nothing is sure.
   */
  readonly least: (element: Element) => Shrink;
}

export interface Shrink {
  readonly protect: number;
  readonly unprotect: number;
}

/** ASCII becomes as much ASCII. */
export const SAME: Growth = { factor: 1, more: 0 };
/** A character of one byte becomes one of two: an escaped quotation mark or backslash, or a letter of Latin-1. */
export const TWICE: Growth = { factor: 2, more: 0 };
/** A character of one byte becomes one of four. */
export const FOUR_TIMES: Growth = { factor: 4, more: 0 };

/** Letters in the shortest token of an alphabet of ten or more. */
export const MIN_TOKEN = 7;

/** Returns the same growth for every element of a type, in both directions. `least`: the fewest bytes that a byte becomes. */
export function bothWays(growth: Growth, least: number): ReplyGrowth<unknown> {
  return { protect: () => growth, unprotect: () => growth, least: () => ({ protect: least, unprotect: least }) };
}

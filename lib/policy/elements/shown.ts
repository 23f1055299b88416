// What the tokens of an element show of their values. ../moves.ts compares two elements: a reprotect must not move values
// to tokens that show more of them.

/** What tokens show. `everything`: values are stored in clear. */
export type Shown = 'everything' | ShownParts;

/** A part of a value that has a name. */
export type ClearPart =
  | 'the domain'
  | 'the year'
  | 'the month'
  | 'the time of day'
  | 'the fraction and zone'
  | 'a leading zero';

export interface ShownParts {
  /** Characters that stay at either end, whatever they are. */
  readonly fromLeft: number;
  readonly fromRight: number;
  /**
   * Sets of characters: each character becomes another of its set, so that a token tells the set and not the character.
   * `every character`: a value becomes a token as one. `kinds`: the sets of `unicode-script` (kinds.data.ts).
   */
  readonly hidden: 'every character' | 'kinds' | readonly Uint32Array[];
  /** Lower-case ASCII letters are taken as their upper-case ones. */
  readonly foldsCase: boolean;
  /** Values are brought into Unicode normal form C. */
  readonly normalizes: boolean;
  /** Characters outside of these sets that values may have. They stay. */
  readonly others: 'none' | 'signs' | 'signs and ASCII';
  /** Parts that stay clear. */
  readonly parts: readonly ClearPart[];
  /** Parts that no value has. */
  readonly absent: readonly ClearPart[];
  /** Dates that stay clear as a whole, YYYYMMDD. */
  readonly dates: readonly number[];
  /** Values that stay clear as a whole because they are short; absent where none does. */
  readonly short?: ShortValues | undefined;
  /**
   * The fewest symbols of a value whose token has less than a million alternatives; absent where every token has a
   * million.
   */
  readonly weakFrom?: number | undefined;
}

/** A value with fewer of any of these stays clear. */
export interface ShortValues {
  readonly counted: 'symbols' | 'symbols in NFC' | 'letters and digits' | 'combinations';
  readonly fewer: readonly number[];
}

/** Nothing of a value shows in its token, besides the length. */
export const NOTHING_SHOWN: ShownParts = {
  fromLeft: 0,
  fromRight: 0,
  hidden: 'every character',
  foldsCase: false,
  normalizes: false,
  others: 'none',
  parts: [],
  absent: [],
  dates: [],
};

// A letter in front of a mark that composes must not become one that the mark composes with: the token would differ
// from its NFC form. There the letter's kind is narrowed to those of its characters that stay apart. Which they are
// depends on the marks behind the letter alone. Those that compose stay, and the others become marks of their own
// combining class, so value and token have the same narrow kinds.

import type { KindTables } from '../../../policy/kinds.ts';

/** A kind without some of its characters. */
export interface NarrowKind {
  readonly kind: number;
  /** The ranks that it lacks, ascending. */
  readonly missing: readonly number[];
}

/**
 * Sequences of marks behind a kind. Real texts need a few dozen; a batch of more is no text, and each costs up to 25 µs.
 */
const MAX_KNOWN = 4096;

/** The narrow kinds of recent columns, numbered behind the frozen ones. */
export class NarrowKinds {
  readonly #tables: KindTables;
  readonly #firstNumber: number;
  #narrow: NarrowKind[] = [];
  #numbers = new Map<string, number>();
  /** Kind and marks → number of the narrow kind, or of the kind itself where it lacks nothing. */
  #known = new Map<string | number, number>();

  constructor(tables: KindTables) {
    this.#tables = tables;
    this.#firstNumber = tables.sizes.length;
  }

  /** Whether half the room is taken: then it is time to forget them, with the patterns that use them. */
  get isCrowded(): boolean {
    return this.#known.size >= MAX_KNOWN / 2;
  }

  forget(): void {
    this.#narrow = [];
    this.#numbers = new Map();
    this.#known = new Map();
  }

  /**
   * Returns the kind of characters of `kind` that stay apart from the marks behind them, in UTF-16; undefined if there are
   * too many sequences of marks.
   */
  numberOf(kind: number, marks: Uint16Array): number | undefined {
    const text = (): string => String.fromCharCode(...marks);
    // Most letters have one mark, and to join texts takes longer than to look them up.
    const key = marks.length === 1 ? kind * 0x10000 + marks[0]! : `${kind} ${text()}`;
    let number = this.#known.get(key);
    if (number === undefined) {
      if (this.#known.size >= MAX_KNOWN) return undefined;
      number = this.#find(kind, text());
      this.#known.set(key, number);
    }
    return number;
  }

  /** Returns the narrow kind of a number; undefined for a frozen kind. */
  of(number: number): NarrowKind | undefined {
    return number < this.#firstNumber ? undefined : this.#narrow[number - this.#firstNumber];
  }

  sizeOf(number: number): number {
    const narrow = this.of(number);
    return narrow === undefined
      ? this.#tables.sizes[number]!
      : this.#tables.sizes[narrow.kind]! - narrow.missing.length;
  }

  #find(kind: number, marks: string): number {
    const missing = composingOf(this.#tables, kind).filter(({ character }) => {
      const text = character + marks;
      return text.normalize('NFC') !== text;
    });
    if (missing.length === 0) return kind;
    const ranks = missing.map(({ rank }) => rank).toSorted((a, b) => a - b);
    const key = `${kind} ${ranks.join(' ')}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#firstNumber + this.#narrow.length;
      this.#narrow.push({ kind, missing: ranks });
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** Returns the rank in a narrow kind of the character with this rank in the whole kind. */
export function rankWithin({ missing }: NarrowKind, rank: number): number {
  let before = 0;
  while (before < missing.length && missing[before]! < rank) before++;
  return rank - before;
}

/** Undoes `rankWithin`. */
export function rankAmongAll({ missing }: NarrowKind, rank: number): number {
  let among = rank;
  for (const gone of missing) if (gone <= among) among++;
  return among;
}

interface Composing {
  readonly character: string;
  readonly rank: number;
}

/** By kind, the characters that composition may change: those that compose with a mark, or are composed of some. */
let composing: Map<number, Composing[]> | undefined;

function composingOf({ kinds, ranks }: KindTables, kind: number): readonly Composing[] {
  if (composing === undefined) {
    composing = new Map();
    for (const character of findComposing()) {
      const point = character.codePointAt(0)!;
      const found = composing.get(kinds[point] ?? 0) ?? [];
      composing.set(kinds[point] ?? 0, [...found, { character, rank: ranks[point]! }]);
    }
  }
  return composing.get(kind) ?? [];
}

/** Finds all canonical composites and what they are composed of; Hangul syllables aside, whose parts are no marks. */
function findComposing(): Set<string> {
  const found = new Set<string>();
  for (const [from, to] of COMPOSITES) {
    for (let point = from; point <= to; point++) {
      const composite = String.fromCodePoint(point);
      const parts = Array.from(composite.normalize('NFD'));
      if (parts.length > 1) for (const each of [composite, ...parts]) found.add(each);
    }
  }
  return found;
}

/** Where Unicode 17 has composites, Hangul aside. */
const COMPOSITES = [
  [0x00c0, 0x0dff],
  [0x1026, 0x1026],
  [0x1b06, 0x1b43],
  [0x1e00, 0x22ff],
  [0x3041, 0x30ff],
  [0x11000, 0x11fff],
  [0x16100, 0x16dff],
] as const;

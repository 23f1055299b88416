import { ProtectorError } from '../base/errors.ts';
import { builtInRanges } from './builtin-alphabets.ts';
import { isCombining } from './combining.ts';
import type { AlphabetDefinition } from './elements/parts.ts';
import { type CodePointRanges, countCodePoints, expandRanges, mergeRanges } from './ranges.ts';

/** An alphabet cannot be used. The message names alphabets, which are not secret. */
export class AlphabetError extends ProtectorError<'ALPHABET_UNKNOWN' | 'ALPHABET_CYCLE' | 'ALPHABET_SIZE'> {}

/** FF1's largest radix: SP 800-38G, section 5.1. */
const MAX_ALPHABET = 65_536;

const DIGITS = [0x30, 0x39] as const;
const UPPER = [0x41, 0x5a] as const;
const LOWER = [0x61, 0x7a] as const;
/** Latin-1 Supplement from U+00C0, without × and ÷. */
const LATIN1 = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0xff],
] as const;

interface FixedAlphabet {
  readonly codePoints: () => Uint32Array;
  /** Whether lower-case letters are taken as their upper-case ones. */
  readonly foldsCase: boolean;
}

const of = (...ranges: CodePointRanges): FixedAlphabet => ({
  codePoints: () => expandRanges(ranges),
  foldsCase: false,
});
const upperCase = (...ranges: CodePointRanges): FixedAlphabet => ({ ...of(...ranges), foldsCase: true });

/**
 * The alphabet of each type that has a fixed one (spec: token types; FPE elements), and of e-mail addresses that fold
 * case. FROZEN: a symbol's numeral is its rank.
 */
const FIXED = {
  numeric: of(DIGITS),
  alpha: of(UPPER, LOWER),
  'upper-case-alpha': upperCase(UPPER),
  'alpha-numeric': of(DIGITS, UPPER, LOWER),
  'upper-case-alpha-numeric': upperCase(DIGITS, UPPER),
  'lower-ascii': of([0x21, 0x7e]),
  printable: { codePoints: printable, foldsCase: false },
  email: of(DIGITS, UPPER, LOWER),
  'lower-case-email': of(DIGITS, LOWER),
  'fpe-numeric': of(DIGITS),
  'fpe-alpha': of(UPPER, LOWER),
  'fpe-alpha-numeric': of(DIGITS, UPPER, LOWER),
  'fpe-latin1-alpha': of(UPPER, LOWER, ...LATIN1),
  'fpe-latin1-alpha-numeric': of(DIGITS, UPPER, LOWER, ...LATIN1),
} as const satisfies Readonly<Record<string, FixedAlphabet>>;

/** Types whose name implies their alphabet, and the alphabet of folded e-mail addresses. */
export type FixedAlphabetType = keyof typeof FIXED;
/** The members of an element that determine its alphabet. */
type AlphabetElement = { readonly type: FixedAlphabetType } | { readonly type: 'unicode'; readonly alphabet: string };

/**
 * ISO 8859-15, 0x20–0x7E and 0xA0–0xFF: Latin-1 except for eight code values, which are characters beyond U+00FF.
 */
const PRINTABLE_REPLACED = new Map([
  [0xa4, 0x20ac],
  [0xa6, 0x160],
  [0xa8, 0x161],
  [0xb4, 0x17d],
  [0xb8, 0x17e],
  [0xbc, 0x152],
  [0xbd, 0x153],
  [0xbe, 0x178],
]);

/**
 * Returns the code points of an element's alphabet in ascending order: a symbol's numeral is its rank. Empty where
 * `alphabetCodePoints` throws, so that a check of the policy can report the problem at the alphabet.
 */
export function elementCodePoints(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): Uint32Array {
  if (element.type !== 'unicode') return fixedCodePoints(element.type);
  try {
    return alphabetCodePoints(element.alphabet, alphabets);
  } catch (error) {
    if (error instanceof AlphabetError) return new Uint32Array(0);
    throw error;
  }
}

/** What a policy needs to know of an alphabet. */
export interface AlphabetFacts {
  /** The number of code points; 0 where there is no such alphabet. */
  readonly size: number;
  /** How many of them combine with the one before. */
  readonly combining: number;
  /** The built-in alphabets that it is or includes, at any depth. */
  readonly builtIns: readonly string[];
}

/** Known facts of alphabets, by the list that defines them: thousands of elements may share one. */
const facts = new WeakMap<readonly AlphabetDefinition[], Map<string, AlphabetFacts>>();

/** Returns the facts of an element's alphabet. The list of alphabets must not change afterwards. */
export function alphabetFacts(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): AlphabetFacts {
  const key = element.type === 'unicode' ? `own ${element.alphabet}` : element.type;
  let known = facts.get(alphabets);
  if (known === undefined) facts.set(alphabets, (known = new Map()));
  let found = known.get(key);
  if (found === undefined) {
    const codePoints = elementCodePoints(element, alphabets);
    found = {
      size: codePoints.length,
      combining: codePoints.reduce((sum, point) => sum + Number(isCombining(point)), 0),
      builtIns: element.type === 'unicode' && codePoints.length > 0 ? builtInsOf(element.alphabet, alphabets) : [],
    };
    known.set(key, found);
  }
  return found;
}

/** Returns the code points, ascending, of a type whose alphabet is fixed. */
export function fixedCodePoints(type: FixedAlphabetType): Uint32Array {
  return FIXED[type].codePoints();
}

/** Returns the number of code points of a type whose alphabet is fixed. */
export function fixedAlphabetSize(type: FixedAlphabetType): number {
  return alphabetFacts({ type }, NO_ALPHABETS).size;
}

const NO_ALPHABETS: readonly AlphabetDefinition[] = [];

/** Tells whether a type takes lower-case letters as their upper-case ones. */
export function foldsCase(type: FixedAlphabetType): boolean {
  return FIXED[type].foldsCase;
}

/**
 * Returns the code points, ascending, of an alphabet with all that it includes. A policy's own alphabet hides a
 * built-in one of the same name: a name that a later release builds in changes no token. Throws `AlphabetError` for an
 * undefined name, for an alphabet that includes itself, and for fewer than 2 or more than 65,536 code points.
 */
export function alphabetCodePoints(name: string, alphabets: readonly AlphabetDefinition[]): Uint32Array {
  const ranges = mergeRanges(collect(name, alphabets).ranges);
  const size = countCodePoints(ranges);
  if (size < 2 || size > MAX_ALPHABET) {
    throw new AlphabetError('ALPHABET_SIZE', `an alphabet has 2 to 65,536 code points, this one has ${size}`);
  }
  return expandRanges(ranges);
}

function builtInsOf(name: string, alphabets: readonly AlphabetDefinition[]): string[] {
  const own = new Set(alphabets.map((alphabet) => alphabet.name));
  return collect(name, alphabets).names.filter((each) => !own.has(each));
}

/** Returns the ranges of an alphabet with all that it includes, and the names of these alphabets. */
function collect(
  name: string,
  alphabets: readonly AlphabetDefinition[],
): { readonly ranges: readonly string[]; readonly names: readonly string[] } {
  const ranges: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  collectRanges(name, new Map(alphabets.map((alphabet) => [alphabet.name, alphabet])), state, ranges);
  return { ranges, names: [...state.keys()] };
}

/** `state`: alphabets that include this one are open; alphabets collected before are done and not collected again. */
function collectRanges(
  name: string,
  alphabets: ReadonlyMap<string, AlphabetDefinition>,
  state: Map<string, 'open' | 'done'>,
  into: string[],
): void {
  if (state.get(name) === 'done') return;
  if (state.get(name) === 'open') throw new AlphabetError('ALPHABET_CYCLE', `alphabet ${name} includes itself`);
  const own = alphabets.get(name);
  const ranges = own?.ranges ?? builtInRanges(name);
  if (ranges === undefined) throw new AlphabetError('ALPHABET_UNKNOWN', `there is no alphabet ${name}`);
  state.set(name, 'open');
  for (const included of own?.include ?? []) collectRanges(included, alphabets, state, into);
  for (const range of ranges) into.push(range);
  state.set(name, 'done');
}

function printable(): Uint32Array {
  const latin = expandRanges([
    [0x20, 0x7e],
    [0xa0, 0xff],
  ]);
  return latin.map((value) => PRINTABLE_REPLACED.get(value) ?? value).toSorted();
}

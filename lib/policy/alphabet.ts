import { ProtectorError } from '../base/errors.ts';
import { builtInRanges } from './builtin-alphabets.ts';
import type { AlphabetDefinition } from './elements/parts.ts';

/** Inclusive code point ranges, ascending and without overlap. */
export type CodePointRanges = readonly (readonly [number, number])[];

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

const of = (...ranges: CodePointRanges): FixedAlphabet => ({ codePoints: () => expand(ranges), foldsCase: false });
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

/** Known sizes of alphabets, by the list that defines them: thousands of elements may share one. */
const sizes = new WeakMap<readonly AlphabetDefinition[], Map<string, number>>();

/** Returns the number of code points of an element's alphabet. The list of alphabets must not change afterwards. */
export function elementAlphabetSize(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): number {
  const key = element.type === 'unicode' ? `own ${element.alphabet}` : element.type;
  let known = sizes.get(alphabets);
  if (known === undefined) sizes.set(alphabets, (known = new Map()));
  let size = known.get(key);
  if (size === undefined) known.set(key, (size = elementCodePoints(element, alphabets).length));
  return size;
}

/** Returns the code points, ascending, of a type whose alphabet is fixed. */
export function fixedCodePoints(type: FixedAlphabetType): Uint32Array {
  return FIXED[type].codePoints();
}

/** Returns the number of code points of a type whose alphabet is fixed. */
export function fixedAlphabetSize(type: FixedAlphabetType): number {
  return elementAlphabetSize({ type }, NO_ALPHABETS);
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
  const collected: string[] = [];
  collectRanges(name, new Map(alphabets.map((alphabet) => [alphabet.name, alphabet])), new Map(), collected);
  const ranges = mergeRanges(collected);
  const size = countCodePoints(ranges);
  if (size < 2 || size > MAX_ALPHABET) {
    throw new AlphabetError('ALPHABET_SIZE', `an alphabet has 2 to 65,536 code points, this one has ${size}`);
  }
  return expand(ranges);
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

/** Parses a range, `0041` or `0041-005A`, as [from, to]. */
export function parseRange(range: string): readonly [number, number] {
  const [from, to = from] = range.split('-');
  return [Number.parseInt(from!, 16), Number.parseInt(to!, 16)];
}

/** Sorts ranges and joins the ones that touch or overlap. A range that runs backwards holds nothing. */
export function mergeRanges(ranges: readonly string[]): CodePointRanges {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.map(parseRange).toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (from > to) continue;
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Counts the code points of ranges. */
export function countCodePoints(ranges: CodePointRanges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

function expand(ranges: CodePointRanges): Uint32Array {
  const points = new Uint32Array(countCodePoints(ranges));
  let at = 0;
  for (const [from, to] of ranges) for (let point = from; point <= to; point++) points[at++] = point;
  return points;
}

function printable(): Uint32Array {
  const latin = expand([
    [0x20, 0x7e],
    [0xa0, 0xff],
  ]);
  return latin.map((value) => PRINTABLE_REPLACED.get(value) ?? value).toSorted();
}

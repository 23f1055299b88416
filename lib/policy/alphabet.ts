import { ProtectorError } from '../base/errors.ts';
import { builtInRanges } from './builtin-alphabets.ts';
import type { AlphabetDefinition, ElementDefinition, ElementOf } from './schema.ts';

/** Inclusive code point ranges, ascending and without overlap. */
export type CodePointRanges = readonly (readonly [number, number])[];

/** An alphabet that cannot be used: its message names alphabets, which are no secret. */
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

/** The alphabet of each type that has a fixed one (spec: token types; FPE elements). */
const FIXED = {
  numeric: [DIGITS],
  alpha: [UPPER, LOWER],
  'upper-case-alpha': [UPPER],
  'alpha-numeric': [DIGITS, UPPER, LOWER],
  'upper-case-alpha-numeric': [DIGITS, UPPER],
  'lower-ascii': [[0x21, 0x7e]],
  email: [DIGITS, UPPER, LOWER],
  'fpe-numeric': [DIGITS],
  'fpe-alpha': [UPPER, LOWER],
  'fpe-alpha-numeric': [DIGITS, UPPER, LOWER],
  'fpe-latin1-alpha': [UPPER, LOWER, ...LATIN1],
  'fpe-latin1-alpha-numeric': [DIGITS, UPPER, LOWER, ...LATIN1],
} as const satisfies Partial<Record<ElementDefinition['type'], CodePointRanges>>;

/** Types whose alphabet their name says. */
export type FixedAlphabetType = keyof typeof FIXED | 'printable';
/** What of an element says which alphabet it has. */
type AlphabetElement = { readonly type: FixedAlphabetType } | Pick<ElementOf<'unicode'>, 'type' | 'alphabet'>;

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
 * The code points of an element's alphabet in ascending order: a symbol's numeral is its rank. Empty where
 * `alphabetCodePoints` would throw, so that whoever checks a policy may say so at the alphabet.
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

/** Sizes of alphabets that were asked for, by the list that defines them: thousands of elements may share one. */
const sizes = new WeakMap<readonly AlphabetDefinition[], Map<string, number>>();

/** How many code points `elementCodePoints` gives. The list of alphabets must not change afterwards. */
export function elementAlphabetSize(element: AlphabetElement, alphabets: readonly AlphabetDefinition[]): number {
  const key = element.type === 'unicode' ? `own ${element.alphabet}` : element.type;
  let known = sizes.get(alphabets);
  if (known === undefined) sizes.set(alphabets, (known = new Map()));
  let size = known.get(key);
  if (size === undefined) known.set(key, (size = elementCodePoints(element, alphabets).length));
  return size;
}

/** The code points of a type whose alphabet is fixed, ascending. */
export function fixedCodePoints(type: FixedAlphabetType): Uint32Array {
  return type === 'printable' ? printable() : expand(FIXED[type]);
}

/** Whether lower-case letters are taken as their upper-case ones. */
export function foldsCase(type: ElementDefinition['type']): boolean {
  return type === 'upper-case-alpha' || type === 'upper-case-alpha-numeric';
}

/**
 * The code points, ascending, of an alphabet with all that it includes. A policy's own alphabet hides a built-in one of the
 * same name: a name that a later release builds in changes no token. Throws `AlphabetError` for a name that nobody defines,
 * for an alphabet that includes itself, and for fewer than 2 or more than 65,536 code points.
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

/** `state`: the alphabets on the way to this one are open, those collected before are done and not collected again. */
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

/** `0041` or `0041-005A` → [from, to]. */
export function parseRange(range: string): readonly [number, number] {
  const [from, to = from] = range.split('-');
  return [Number.parseInt(from!, 16), Number.parseInt(to!, 16)];
}

/** Sorts the ranges and joins those that touch or overlap; one that runs backwards holds nothing. */
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

/** How many code points the ranges hold. */
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

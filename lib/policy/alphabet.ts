import type { AlphabetDefinition, ElementDefinition } from './schema.ts';

/** Inclusive code point ranges, ascending and without overlap. */
export type CodePointRanges = readonly (readonly [number, number])[];

const DIGITS = [0x30, 0x39] as const;
const UPPER = [0x41, 0x5a] as const;
const LOWER = [0x61, 0x7a] as const;

/** The alphabet of each token type that has a fixed one (spec: token types). */
const FIXED: Record<Exclude<ElementDefinition['type'], 'unicode' | 'printable'>, CodePointRanges> = {
  numeric: [DIGITS],
  alpha: [UPPER, LOWER],
  'upper-case-alpha': [UPPER],
  'alpha-numeric': [DIGITS, UPPER, LOWER],
  'upper-case-alpha-numeric': [DIGITS, UPPER],
  'lower-ascii': [[0x21, 0x7e]],
};

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

/** The code points of an element's alphabet in ascending order: a symbol's numeral is its rank. Empty for an unknown name. */
export function elementCodePoints(
  element: Pick<ElementDefinition, 'type' | 'alphabet'>,
  alphabets: readonly AlphabetDefinition[],
): Uint32Array {
  switch (element.type) {
    case 'printable':
      return printable();
    case 'unicode':
      return expand(mergeRanges(alphabets.find(({ name }) => name === element.alphabet)?.ranges ?? []));
    default:
      return expand(FIXED[element.type]);
  }
}

/** Whether lower-case letters are taken as their upper-case ones. */
export function foldsCase(type: ElementDefinition['type']): boolean {
  return type === 'upper-case-alpha' || type === 'upper-case-alpha-numeric';
}

/** `0041` or `0041-005A` → [from, to]. */
export function parseRange(range: string): readonly [number, number] {
  const [from, to = from] = range.split('-');
  return [Number.parseInt(from!, 16), Number.parseInt(to!, 16)];
}

/** Sorts the ranges and joins those that touch or overlap. */
export function mergeRanges(ranges: readonly string[]): CodePointRanges {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.map(parseRange).toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
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

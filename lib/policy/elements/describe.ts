// Alphabets and lengths in words, computed from the code that protects.

import { minimumLength } from '../../crypto/ff1-domain.ts';
import { type FixedAlphabetType, fixedCodePoints } from '../alphabet.ts';

/** The alphabet of a type and the lengths that it takes: `0-9 A-Z a-z (62)`, `4 … 4,096 symbols`. */
export function describeAlphabet(type: FixedAlphabetType): { readonly alphabet: string; readonly lengths: string } {
  const codePoints = fixedCodePoints(type);
  return {
    alphabet: `${ranges(codePoints)} (${codePoints.length})`,
    lengths: `${minimumLength(codePoints.length)} … 4,096 symbols`,
  };
}

/** The first few ranges of code points: `0-9 A-Z a-z`. */
function ranges(codePoints: Uint32Array): string {
  const runs: [number, number][] = [];
  for (const point of codePoints) {
    const last = runs.at(-1);
    if (last !== undefined && point === last[1] + 1) last[1] = point;
    else runs.push([point, point]);
  }
  const shown = runs
    .slice(0, 4)
    .map(([from, to]) => (from === to ? character(from) : `${character(from)}-${character(to)}`));
  return runs.length > shown.length ? `${shown.join(' ')} …` : shown.join(' ');
}

function character(point: number): string {
  return point > 0x20 && point < 0x7f
    ? String.fromCodePoint(point)
    : `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

import { KINDS } from './kinds.data.ts';
import { parseSteps } from './ranges.ts';

/**
 * Reads a frozen list of code points: ranges like `41-5A`, and `@41` for all characters of the kind that begins with
 * this one (kinds.data.ts). Returns ranges.
 */
export function readFrozen(list: string): string[] {
  return list
    .trim()
    .split(/\s+/)
    .flatMap((range) => (range.startsWith('@') ? kindRanges(range.slice(1)) : [range]));
}

function kindRanges(first: string): string[] {
  const kind = KINDS.find((each) => /^[\dA-F]+/.exec(each)![0] === first)!;
  return parseSteps(kind).flatMap(([from, to, step]) => {
    if (step === 1) return [`${from.toString(16)}-${to.toString(16)}`];
    return Array.from({ length: (to - from) / step + 1 }, (_, i) => (from + i * step).toString(16));
  });
}

import { KINDS } from './kinds.data.ts';
import { parseRange } from './ranges.ts';

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
  return kind.split(' ').flatMap((range) => {
    const [bounds, step] = range.split('/');
    if (step === undefined) return [range];
    const [from, to] = parseRange(bounds!);
    const count = (to - from) / Number(step) + 1;
    return Array.from({ length: count }, (_, i) => (from + i * Number(step)).toString(16));
  });
}

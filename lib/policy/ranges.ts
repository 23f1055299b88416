// Ranges of code points, as policies and lists write them.

/** Inclusive code point ranges, ascending and without overlap. */
export type CodePointRanges = readonly (readonly [number, number])[];

/** Parses a range, `0041` or `0041-005A`, as [from, to]. */
export function parseRange(range: string): readonly [number, number] {
  const [from, to = from] = range.split('-');
  return [Number.parseInt(from!, 16), Number.parseInt(to!, 16)];
}

/**
 * Parses a frozen list of ranges, `41-5A 61` or `100-2E/2` for every second code point to 12E, as [from, to, step] each. The
 * end of a range leaves out the digits in which it begins like its start, and a start those of the start before it.
 */
export function parseSteps(list: string): (readonly [from: number, to: number, step: number])[] {
  let from = '';
  return list.split(' ').map((range) => {
    const [bounds, step = '1'] = range.split('/');
    const [start, end = start] = bounds!.split('-');
    from = from.slice(0, -start!.length) + start!;
    return [Number.parseInt(from, 16), Number.parseInt(from.slice(0, -end!.length) + end!, 16), Number(step)];
  });
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

/** Lists the code points of ranges. */
export function expandRanges(ranges: CodePointRanges): Uint32Array {
  const points = new Uint32Array(countCodePoints(ranges));
  let at = 0;
  for (const [from, to] of ranges) for (let point = from; point <= to; point++) points[at++] = point;
  return points;
}

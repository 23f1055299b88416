import { COMPOSERS, KINDS } from './kinds.data.ts';
import { parseSteps } from './ranges.ts';

/** The kinds as lookup tables. A kind's number is its place in the list, plus 1; 0 is no kind. */
export interface KindTables {
  /** The kind of each code point, or `COMPOSER`. Code points beyond the table have no kind. */
  readonly kinds: Uint16Array;
  /** The rank of each code point in its kind. */
  readonly ranks: Uint16Array;
  /** How many code points each kind has. */
  readonly sizes: Uint32Array;
  /** The code points of kind k, from `starts[k]` on. */
  readonly points: Uint32Array;
  readonly starts: Uint32Array;
}

/** Stands in `kinds` for a code point that composes with one before it. It has no kind and stays where it is. */
export const COMPOSER = 0xffff;

let made: KindTables | undefined;

/** Returns the tables, made at the first call: 1 MB. */
export function kindTables(): KindTables {
  made ??= makeTables();
  return made;
}

function makeTables(): KindTables {
  const lists = KINDS.map(readPoints);
  const last = lists.reduce((most, points) => Math.max(most, points.at(-1)!), 0);
  const tables = {
    kinds: new Uint16Array(last + 1),
    ranks: new Uint16Array(last + 1),
    sizes: Uint32Array.from([0, ...lists.map((points) => points.length)]),
    points: new Uint32Array(lists.reduce((sum, points) => sum + points.length, 0)),
    starts: new Uint32Array(lists.length + 1),
  };
  for (const point of readPoints(COMPOSERS)) tables.kinds[point] = COMPOSER;
  let start = 0;
  for (const [i, points] of lists.entries()) {
    const kind = i + 1;
    tables.starts[kind] = start;
    tables.points.set(points, start);
    start += points.length;
    for (const [rank, point] of points.entries()) {
      tables.kinds[point] = kind;
      tables.ranks[point] = rank;
    }
  }
  return tables;
}

/** Reads `41-5A 100-2E/2`. */
function readPoints(ranges: string): number[] {
  const points: number[] = [];
  for (const [from, to, step] of parseSteps(ranges)) {
    for (let point = from; point <= to; point += step) points.push(point);
  }
  return points;
}

import { scratch } from '../../../base/scratch.ts';
import type { Direction } from '../../../crypto/direction.ts';
import { codePointAt, isPair, remembered } from '../../columns/code-points.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import { atMost, RefusedError, refuseValue } from '../../refusal.ts';
import { refuseOutside } from '../outside.ts';
import { COMPOSER, type KindTables } from '../../../policy/kinds.ts';
import { type NarrowKinds, rankWithin } from './narrow-kinds.ts';

/** The characters of a column that have a kind, row after row: those of row r from `starts[r]` to `starts[r + 1]`. */
export interface ScriptScan {
  readonly kinds: Uint16Array;
  readonly ranks: Uint16Array;
  /** The position of each in the column's units. */
  readonly places: Uint32Array;
  readonly starts: Uint32Array;
  /** A hash of each row's kinds. */
  readonly hashes: Int32Array;
}

const kindScratch = scratch(Uint16Array);
const rankScratch = scratch(Uint16Array);
const placeScratch = scratch(Uint32Array);
const startScratch = scratch(Uint32Array);

/**
 * Finds the characters of every value that have a kind. Throws `RefusedError` for the first value of more than
 * `maxLength` of them (`INPUT_TOO_LONG`), and when encrypting for one with a letter or digit that has no kind. The
 * result is valid until the next call.
 */
export function scanScript(
  direction: Direction,
  { units, ends }: ColumnText,
  tables: KindTables,
  narrow: NarrowKinds,
  maxLength: number,
): ScriptScan {
  const { kinds: table, ranks: rankTable } = tables;
  const kinds = kindScratch(units.length);
  const ranks = rankScratch(units.length);
  const places = placeScratch(units.length);
  const starts = startScratch(ends.length + 1);
  const hashes = new Int32Array(ends.length);
  const hasKind = (point: number): boolean => {
    const kind = point < table.length ? table[point]! : 0;
    return kind !== 0 && kind !== COMPOSER;
  };
  starts[0] = 0;
  let n = 0;
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    const start = n;
    let composes = false;
    let outside = false;
    for (let i = from; i < to; i++) {
      const point = codePointAt(units, i, to);
      const kind = point < table.length ? table[point]! : 0;
      if (kind !== 0 && kind !== COMPOSER) {
        kinds[n] = kind;
        ranks[n] = rankTable[point]!;
        places[n++] = i;
      } else if (kind === COMPOSER) composes = true;
      else if (point > 127) outside = true;
      if (point > 0xffff) i++;
    }
    const mayRefuse = (outside || composes) && direction === 'encrypt';
    if (mayRefuse && refuseOutside(units, from, to, row, 'refuse', hasKind)) n = start;
    if (n - start > maxLength) {
      refuseValue('INPUT_TOO_LONG', { row, limit: atMost(maxLength, 'letter or digit') });
      n = start;
    }
    if (composes) narrowKinds({ row, units, to, kinds, ranks, places, from: start, end: n }, narrow);
    hashes[row] = hashOf(kinds, start, n);
    starts[row + 1] = n;
    from = to;
  }
  return { kinds, ranks, places, starts, hashes };
}

/** The characters `from` to `end` of a row, whose units end at `to`. */
interface RowCharacters extends Pick<ScriptScan, 'kinds' | 'ranks' | 'places'> {
  readonly row: number;
  readonly units: Uint16Array;
  readonly to: number;
  readonly from: number;
  readonly end: number;
}

/** Narrows the kind of each character that has marks behind it, and its rank with it. */
function narrowKinds({ row, units, to, kinds, ranks, places, from, end }: RowCharacters, narrow: NarrowKinds): void {
  for (let n = from; n < end; n++) {
    const behind = places[n]! + (isPair(units, places[n]!, to) ? 2 : 1);
    let at = behind;
    while (at < to && isMark(codePointAt(units, at, to))) at += isPair(units, at, to) ? 2 : 1;
    if (at === behind) continue;
    const number = narrow.numberOf(kinds[n]!, units.subarray(behind, at));
    if (number === undefined) throw new RefusedError('CONTENT_INVALID', { row, detail: TOO_MANY_MARKS });
    const kind = narrow.of(number);
    if (kind === undefined) continue;
    kinds[n] = number;
    ranks[n] = rankWithin(kind, ranks[n]!);
  }
}

/** 1 for a mark. */
const markOf = remembered((point) => (/\p{M}/u.test(String.fromCodePoint(point)) ? 1 : 0));
const FIRST_MARK = 0x300;

function isMark(point: number): boolean {
  return point >= FIRST_MARK && markOf(point) === 1;
}

const TOO_MANY_MARKS = 'the batch has thousands of different sequences of combining marks';

function hashOf(kinds: Uint16Array, from: number, to: number): number {
  let hash = 0;
  for (let n = from; n < to; n++) hash = Math.imul(hash ^ kinds[n]!, 0x01000193) + 1;
  return hash;
}

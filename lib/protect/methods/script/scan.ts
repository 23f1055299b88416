import { scratch } from '../../../base/scratch.ts';
import type { Direction } from '../../../crypto/direction.ts';
import { codePointAt } from '../../columns/code-points.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import { atMost, RefusedError } from '../../refusal.ts';
import { refuseOutside } from '../outside.ts';
import { COMPOSES, KIND, type KindTables } from './kinds.ts';

/** The characters of a column that have a kind, row after row: those of row r from `starts[r]` to `starts[r + 1]`. */
export interface ScriptScan {
  readonly kinds: Uint16Array;
  readonly ranks: Uint16Array;
  /** The position of each in the column's units. */
  readonly places: Uint32Array;
  readonly starts: Uint32Array;
  /** A hash of each row's kinds. */
  readonly hashes: Int32Array;
  /** 1 for each row with a character that composes with one before it. */
  readonly composes: Uint8Array;
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
  maxLength: number,
): ScriptScan {
  const { kinds: table, ranks: rankTable } = tables;
  const kinds = kindScratch(units.length);
  const ranks = rankScratch(units.length);
  const places = placeScratch(units.length);
  const starts = startScratch(ends.length + 1);
  const hashes = new Int32Array(ends.length);
  const composes = new Uint8Array(ends.length);
  starts[0] = 0;
  let n = 0;
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    const start = n;
    let hash = 0;
    let seen = 0;
    let outside = 0;
    for (let i = from; i < to; i++) {
      const point = codePointAt(units, i, to);
      const entry = point < table.length ? table[point]! : 0;
      const kind = entry & KIND;
      seen |= entry;
      if (kind !== 0) {
        kinds[n] = kind;
        ranks[n] = rankTable[point]!;
        places[n++] = i;
        hash = Math.imul(hash ^ kind, 0x01000193) + 1;
      } else if (point > 127) outside = 1;
      if (point > 0xffff) i++;
    }
    if (outside === 1 && direction === 'encrypt') {
      refuseOutside(units, from, to, row, 'refuse', (point) => point < table.length && (table[point]! & KIND) !== 0);
    }
    if (n - start > maxLength) {
      throw new RefusedError('INPUT_TOO_LONG', { row, limit: atMost(maxLength, 'letter or digit') });
    }
    hashes[row] = hash;
    composes[row] = (seen & COMPOSES) === 0 ? 0 : 1;
    starts[row + 1] = n;
    from = to;
  }
  return { kinds, ranks, places, starts, hashes, composes };
}

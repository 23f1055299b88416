import { areEqualNumbers, firstEqualRows, hashOfNumbers, type Rows } from '../../../base/equal-rows.ts';
import { cycleWalk, type Outside, type Walk } from '../../../crypto/cycle-walk.ts';
import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1, Ff1Batch } from '../../../crypto/ff1.ts';
import type { SmallPermutation } from '../../../crypto/small-permutation.ts';
import { elementFf1, elementPermutation } from '../element-ciphers.ts';
import type { CipherMeter, MethodContext } from '../method.ts';
import { isBeyond, type Pattern, readRank, writeRank } from './pattern.ts';

/** A value: its pattern, and where its ranks begin. */
export interface ScriptRow {
  readonly pattern: Pattern;
  readonly at: number;
}

/**
 * The cipher of an element: FF1 over the rank of a value in its pattern, the values of a column with equal numerals
 * together. Ranks that are no value are walked over. Patterns of fewer than 100 values, for which FF1 is not defined, go
 * through a keyed permutation.
 */
export class ScriptCipher {
  readonly #ff1: Ff1;
  readonly #small: SmallPermutation;
  readonly #meter: CipherMeter;

  /** Takes the element's keys `ff1` and `perm`. */
  constructor(context: Pick<MethodContext, 'key' | 'meter'>) {
    this.#ff1 = elementFf1(context);
    this.#small = elementPermutation(context);
    this.#meter = context.meter;
  }

  /** Replaces the ranks of each row by those of its token, or of its value. */
  permute(direction: Direction, rows: readonly ScriptRow[], ranks: Uint16Array): void {
    const first = firstEqualRows(rowsOf(rows, ranks));
    const distinct = first === undefined ? rows : rows.filter((_, row) => first[row] === row);
    const groups = Array.from(groupsOf(distinct), (members) => ({ members, batch: batchOf(members, ranks) }));
    this.#meter(rows.length, () => {
      for (const { members, batch } of groups) {
        const { small } = members[0]!.pattern.domain;
        if (small > 0) this.#runSmall(direction, small, batch);
      }
      // FF1 takes the groups of all lengths together.
      const walks = groups
        .filter(({ members }) => members[0]!.pattern.domain.small === 0)
        .map(({ members, batch }): Walk => ({ batch, outside: gapOf(members, batch.length) }));
      cycleWalk((batches) => this.#ff1[direction](batches), walks);
    });
    for (const { members, batch } of groups) {
      for (let i = 0, from = 0; i < members.length; i++, from += batch.length) {
        readRank(members[i]!.pattern.domain, batch.numerals, from, ranks, members[i]!.at);
      }
    }
    if (first === undefined) return;
    for (let row = 0; row < rows.length; row++) {
      const { pattern, at } = rows[first[row]!]!;
      if (first[row] !== row) ranks.copyWithin(rows[row]!.at, at, at + pattern.kinds.length);
    }
  }

  #runSmall(direction: Direction, size: number, { numerals, length, radix, tweaks, tweakLength }: Ff1Batch): void {
    const values = new Uint8Array(numerals.length / length);
    for (let i = 0; i < values.length; i++) values[i] = numerals[2 * i]! * radix + numerals[2 * i + 1]!;
    this.#small[direction]({ size, values, tweaks, tweakLength });
    for (let i = 0; i < values.length; i++) {
      numerals[2 * i] = Math.floor(values[i]! / radix);
      numerals[2 * i + 1] = values[i]! % radix;
    }
  }
}

/** The rows as numbers, to find equal ones: those of one pattern with equal ranks. */
function rowsOf(rows: readonly ScriptRow[], ranks: Uint16Array): Rows {
  return {
    count: rows.length,
    hash: (row) => hashOfNumbers(ranks, rows[row]!.at, rows[row]!.at + rows[row]!.pattern.kinds.length),
    areEqual: (one, other) =>
      rows[one]!.pattern === rows[other]!.pattern &&
      areEqualNumbers(ranks, rows[one]!.at, rows[other]!.at, rows[one]!.pattern.kinds.length),
  };
}

/** Writes the ranks of a group as numerals. */
function batchOf(members: readonly ScriptRow[], ranks: Uint16Array): Ff1Batch {
  const { radix, length } = members[0]!.pattern.domain;
  const numerals = new Uint16Array(members.length * length);
  for (let i = 0, to = 0; i < members.length; i++, to += length) {
    writeRank(members[i]!.pattern.domain, ranks, members[i]!.at, numerals, to);
  }
  return { radix, length, numerals, ...tweaksOf(members), acceptSmallDomain: true };
}

/** Tells which numerals of a group are no rank. Undefined where every numeral string is one. */
function gapOf(members: readonly ScriptRow[], length: number): Outside | undefined {
  if (members.every(({ pattern }) => !pattern.domain.hasGap)) return undefined;
  return (walked, at) => {
    const { domain } = members[at / length]!.pattern;
    return domain.hasGap && isBeyond(domain, walked, at);
  };
}

/** Groups rows whose ranks FF1 takes together: those of equal numerals, and of equal domains where it is small. */
function groupsOf(rows: readonly ScriptRow[]): Iterable<ScriptRow[]> {
  const groups = new Map<number, ScriptRow[]>();
  for (const each of rows) {
    const { radix, length, small } = each.pattern.domain;
    const key = (length * 2 ** 17 + radix) * 128 + small;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups.values();
}

function tweaksOf(group: readonly ScriptRow[]): { readonly tweaks: Uint8Array; readonly tweakLength: number } {
  const [{ pattern: first }] = group as readonly [ScriptRow];
  const tweakLength = first.tweak.length;
  if (group.every(({ pattern }) => pattern === first)) return { tweaks: first.tweak, tweakLength };
  const tweaks = new Uint8Array(group.length * tweakLength);
  for (const [i, { pattern }] of group.entries()) tweaks.set(pattern.tweak, i * tweakLength);
  return { tweaks, tweakLength };
}

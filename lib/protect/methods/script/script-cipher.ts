import { cycleWalk } from '../../../crypto/cycle-walk.ts';
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
    for (const group of groupsOf(rows)) {
      const { length } = group[0]!.pattern.domain;
      const numerals = new Uint16Array(group.length * length);
      for (let i = 0, to = 0; i < group.length; i++, to += length) {
        writeRank(group[i]!.pattern.domain, ranks, group[i]!.at, numerals, to);
      }
      this.#meter(group.length, () => this.#permuteGroup(direction, group, numerals));
      for (let i = 0, from = 0; i < group.length; i++, from += length) {
        readRank(group[i]!.pattern.domain, numerals, from, ranks, group[i]!.at);
      }
    }
  }

  #permuteGroup(direction: Direction, group: readonly ScriptRow[], numerals: Uint16Array): void {
    const { small, radix, length } = group[0]!.pattern.domain;
    const batch = { radix, length, numerals, ...tweaksOf(group), acceptSmallDomain: true };
    if (small > 0) return this.#runSmall(direction, small, batch);
    cycleWalk(
      (part) => this.#ff1[direction](part),
      batch,
      (walked, at) => {
        const { domain } = group[at / length]!.pattern;
        return domain.hasGap && isBeyond(domain, walked, at);
      },
    );
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

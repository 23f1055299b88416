import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1, Ff1Batch } from '../../../crypto/ff1.ts';
import { MIN_DOMAIN_2016, minimumLength } from '../../../crypto/ff1-domain.ts';
import type { SmallPermutation } from '../../../crypto/small-permutation.ts';
import { MAX_WALK } from '../../columns/normal-form.ts';
import { RefusedError } from '../../refusal.ts';
import { gather, gatherTweaks, type Group, groupRows, scatter } from './groups.ts';
import type { ColumnTweaks } from './tweaks.ts';
import type { Numerals } from './write.ts';
import { cycleWalk, type Outside, type Walk } from '../../../crypto/cycle-walk.ts';
import { elementFf1, elementPermutation } from '../element-ciphers.ts';
import type { CipherMeter, MethodContext } from '../method.ts';
import { type MayWalk, WalkAllowance } from '../walk-allowance.ts';

/** The numerals of a column, with radix and tweaks. */
interface CipherColumn extends Numerals {
  readonly radix: number;
  readonly tweaks: ColumnTweaks;
  /** A first numeral of 0 stays 0, and no other becomes 0: cycle walking leaves out the rest of the domain. */
  readonly keepLeadingZero?: boolean;
  /** Tells whether numerals are no token of a row: they are walked over. */
  readonly isOutside?: IsOutside | undefined;
}

/** Tells whether the numerals from `at` on, as many as the row has, are outside of what its token can be. */
export type IsOutside = (row: number, numerals: Uint16Array, at: number) => boolean;

/**
 * The cipher of an element: FF1 over the numerals of a whole column, rows of equal length together. Domains below 100,
 * where FF1 is not defined, go through a keyed permutation. A single symbol of a larger alphabet is written as two
 * numerals to the base ⌈√radix⌉ and walks until it is in the alphabet again, so that no value costs more than a
 * constant.
 */
export class NumeralCipher {
  readonly #ff1: Ff1;
  readonly #small: SmallPermutation;
  readonly #meter: CipherMeter;
  readonly #walks: WalkAllowance;

  /** Takes the element's keys `ff1` and `perm`. */
  constructor(context: Pick<MethodContext, 'key' | 'meter' | 'walks'>) {
    this.#ff1 = elementFf1(context);
    this.#small = elementPermutation(context);
    this.#meter = context.meter;
    this.#walks = context.walks ?? new WalkAllowance();
  }

  /**
   * Replaces the numerals of every row. Returns the number of rows with at least one but fewer than `strongLength`
   * numerals. Throws `RefusedError` `NO_STABLE_TOKEN` where `isOutside` leaves too little.
   */
  permute(direction: Direction, column: CipherColumn, strongLength: number): number {
    const { radix, numerals: all, tweaks, keepLeadingZero = false, isOutside } = column;
    const step = (batches: readonly Ff1Batch[]): void => {
      for (const batch of batches) this.#run(direction, batch);
    };
    const mayWalk = this.#walks.forBatch(all.length);
    let weakCount = 0;
    const together: Gathered[] = [];
    for (const group of groupRows(column, tweaks)) {
      // A group that has all symbols of the column already lies as FF1 needs it.
      const whole = group.rows.length * group.length === all.length;
      const numerals = whole ? all : gather(column, group);
      const batch = {
        radix,
        length: group.length,
        numerals,
        tweaks: tweaks.shared ?? gatherTweaks(tweaks.slots, group),
        tweakLength: group.tweakLength,
        acceptSmallDomain: true,
      };
      if (group.length < strongLength) weakCount += group.rows.length;
      if (isOutside === undefined && isFf1(batch)) {
        together.push({ batch, group, whole, outside: keepLeadingZero ? otherStart(batch) : undefined });
        continue;
      }
      this.#meter(group.rows.length, () => {
        if (isOutside !== undefined) walk(step, batch, group.rows, isOutside, mayWalk);
        else if (keepLeadingZero) cycleWalk(step, [{ batch, outside: otherStart(batch) }]);
        else step([batch]);
      });
      if (!whole) scatter(numerals, column, group);
    }
    this.#runTogether(direction, together);
    for (const { batch, group, whole } of together) if (!whole) scatter(batch.numerals, column, group);
    return weakCount;
  }

  /** Runs FF1 over groups of all lengths in one call: each call of the block cipher serves all of them. */
  #runTogether(direction: Direction, together: readonly Gathered[]): void {
    if (together.length === 0) return;
    const values = together.reduce((sum, { group }) => sum + group.rows.length, 0);
    this.#meter(values, () => void cycleWalk((batches) => this.#ff1[direction](batches), together));
  }

  #run(direction: Direction, batch: Ff1Batch): void {
    const { radix, length } = batch;
    if (isFf1(batch)) this.#ff1[direction](batch);
    else if (radix ** length < MIN_DOMAIN_2016) this.#runSmall(direction, batch);
    else this.#runSingle(direction, batch);
  }

  #runSmall(direction: Direction, { radix, length, numerals, tweaks, tweakLength }: Ff1Batch): void {
    const values = new Uint8Array(numerals.length / length);
    for (let row = 0, at = 0; row < values.length; row++) {
      let value = 0;
      for (let j = 0; j < length; j++) value = value * radix + numerals[at++]!;
      values[row] = value;
    }
    this.#small[direction]({ size: radix ** length, values, tweaks, tweakLength });
    for (let row = 0; row < values.length; row++) {
      let value = values[row]!;
      for (let j = (row + 1) * length - 1; j >= row * length; j--) {
        numerals[j] = value % radix;
        value = Math.floor(value / radix);
      }
    }
  }

  /**
   * Permutes single symbols. The radix is at least 100, so the base is at least 10 and its square within FF1's limits.
   */
  #runSingle(direction: Direction, batch: Ff1Batch): void {
    const { radix, numerals: symbols } = batch;
    const base = Math.ceil(Math.sqrt(radix));
    const numerals = new Uint16Array(2 * symbols.length);
    for (let row = 0; row < symbols.length; row++) {
      numerals[2 * row] = Math.floor(symbols[row]! / base);
      numerals[2 * row + 1] = symbols[row]! % base;
    }
    const value = (halves: Uint16Array, at: number): number => halves[at]! * base + halves[at + 1]!;
    const outside = (halves: Uint16Array, at: number): boolean => value(halves, at) >= radix;
    const halvesOf = { ...batch, radix: base, length: 2, numerals };
    cycleWalk((parts) => this.#ff1[direction](parts), [{ batch: halvesOf, outside }]);
    for (let row = 0; row < symbols.length; row++) symbols[row] = value(numerals, 2 * row);
  }
}

/** Rows of one length, with their numerals as FF1 takes them. */
interface Gathered extends Walk {
  readonly group: Group;
  /** They are all numerals of the column, in place. */
  readonly whole: boolean;
}

function isFf1({ radix, length }: Ff1Batch): boolean {
  return length >= minimumLength(radix, MIN_DOMAIN_2016);
}

function walk(
  step: (batches: readonly Ff1Batch[]) => void,
  batch: Ff1Batch,
  rows: Uint32Array,
  isOutside: IsOutside,
  mayWalk: MayWalk,
): void {
  const outside = (walked: Uint16Array, at: number): boolean => isOutside(rows[at / batch.length]!, walked, at);
  const [lost] = cycleWalk(step, [{ batch, outside }], MAX_WALK, mayWalk).values();
  if (lost !== undefined) throw new RefusedError('NO_STABLE_TOKEN', { row: rows[lost[0]!]!, detail: TOO_FAR });
}

const TOO_FAR = 'its marks leave few tokens in normal form; values of this kind may need smaller batches';

/** Tells of each value whether it begins with 0 where it did not at first, or the other way round. */
function otherStart({ numerals, length }: Ff1Batch): Outside {
  const zero = new Uint8Array(numerals.length / length);
  for (let row = 0; row < zero.length; row++) zero[row] = numerals[row * length] === 0 ? 1 : 0;
  return (walked, at) => (walked[at] === 0 ? 1 : 0) !== zero[at / length];
}

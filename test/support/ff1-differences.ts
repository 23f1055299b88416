// FF1 batches against the reference, row by row.
import { Ff1, type Ff1Batch } from '../../lib/crypto/ff1.ts';
import { fastestRounds, type Ff1Rounds, javascriptRounds } from '../../lib/crypto/ff1-rounds.ts';
import { seededBytes, seededNumerals, tweakOfRow } from './ff1-batch.ts';
import * as reference from './ff1-reference.ts';

/** What a batch is made of. */
export interface Case {
  readonly radix: number;
  readonly length: number;
  readonly rows: number;
  readonly keyBytes: number;
  readonly tweakLength: number;
  readonly sharedTweak: boolean;
  readonly seed: number;
}

export function batchOf({ radix, length, rows, tweakLength, sharedTweak, seed }: Case): Ff1Batch {
  return {
    radix,
    length,
    numerals: seededNumerals(seed, radix, rows * length),
    tweaks: seededBytes(`tweaks ${seed}`, tweakLength * (sharedTweak ? 1 : rows)),
    tweakLength,
    acceptSmallDomain: true,
  };
}

export const keyOf = ({ keyBytes, seed }: Pick<Case, 'keyBytes' | 'seed'>): Buffer =>
  seededBytes(`key ${seed}`, keyBytes);

/** The two engines: they must agree with the reference, and so with each other. */
const ENGINES = { wasm: fastestRounds(), javascript: javascriptRounds };

/**
 * Encrypts and decrypts a case as a batch, with both engines, and says where that is not what the reference gives for the
 * rows `compared`, or where decryption is not the inverse.
 */
export function differences(given: Case, compared: readonly number[] = [...new Array(given.rows).keys()]): object[] {
  return Object.entries(ENGINES).flatMap(([engine, rounds]) =>
    differencesOf(given, rounds, compared).map((difference) => ({ engine, ...difference })),
  );
}

function differencesOf(given: Case, rounds: Ff1Rounds, compared: readonly number[]): object[] {
  const key = keyOf(given);
  const ff1 = new Ff1(key, rounds);
  const aes = reference.aes(key);
  const { radix, length, rows } = given;
  const batch = batchOf(given);
  const plain = batch.numerals.slice();
  ff1.encrypt(batch);
  const encrypted = batch.numerals.slice();
  ff1.decrypt(batch);
  const found: object[] = [];
  if (!bytesOf(batch.numerals).equals(bytesOf(plain))) found.push({ radix, length, rows, inverse: false });
  ff1.decrypt(batch);
  for (const row of compared) {
    const tweak = tweakOfRow(batch, row);
    const rowOf = (numerals: Uint16Array): number[] => [...numerals.subarray(row * length, (row + 1) * length)];
    const value = rowOf(plain);
    const right =
      rowOf(encrypted).join(' ') === reference.encrypt(aes, radix, tweak, value).join(' ') &&
      rowOf(batch.numerals).join(' ') === reference.decrypt(aes, radix, tweak, value).join(' ');
    if (!right) found.push({ radix, length, rows, row });
  }
  return found;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint16Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

import { Ff1, type Ff1Batch } from '../../lib/crypto/ff1.ts';
import { javascriptRounds } from '../../lib/crypto/ff1-rounds.ts';
import { copyOf } from './ff1-batch.ts';

export interface Enciphered {
  /** Tokens of all batches in one call of the fastest engine, and what came back of them. */
  readonly together: readonly Ff1Batch[];
  readonly backTogether: readonly Ff1Batch[];
  /** Tokens of each batch alone, by JavaScript, and what came back of all. */
  readonly alone: readonly Ff1Batch[];
  readonly backAlone: readonly Ff1Batch[];
}

/** Enciphers and deciphers copies of batches in both engines. */
export function inBothEngines(key: Uint8Array, plain: readonly Ff1Batch[]): Enciphered {
  const ff1 = new Ff1(key);
  const javascript = new Ff1(key, javascriptRounds);
  const together = plain.map(copyOf);
  const alone = plain.map(copyOf);
  ff1.encrypt(together);
  for (const batch of alone) javascript.encrypt(batch);
  const backTogether = together.map(copyOf);
  const backAlone = alone.map(copyOf);
  ff1.decrypt(backTogether);
  javascript.decrypt(backAlone);
  return { together, backTogether, alone, backAlone };
}

import { expect, test } from '@jest/globals';
import { Ff1 } from '../../lib/crypto/ff1.ts';
import { javascriptRounds } from '../../lib/crypto/ff1-rounds.ts';
import { copyOf, mixedBatches, seededBytes } from '../support/ff1-batch.ts';

const KEY = seededBytes('packs', 32);

test('batches of several domains, so many that they take several packs, come out as each does alone, in both engines', () => {
  const plain = mixedBatches((i) => 300 + 7 * i);
  const together = plain.map(copyOf);
  const alone = plain.map(copyOf);
  const ff1 = new Ff1(KEY);
  const javascript = new Ff1(KEY, javascriptRounds);
  ff1.encrypt(together);
  for (const batch of alone) javascript.encrypt(batch);
  expect(together).toEqual(alone);
  javascript.decrypt(alone);
  ff1.decrypt(together);
  expect(together).toEqual(plain);
  expect(alone).toEqual(plain);
});

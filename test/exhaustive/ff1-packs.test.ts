import { expect, test } from '@jest/globals';
import { inBothEngines } from '../support/both-engines.ts';
import { mixedBatches, seededBytes } from '../support/ff1-batch.ts';

test('batches of several domains, so many that they take several packs, come out as each does alone, in both engines', () => {
  const plain = mixedBatches((i) => 300 + 7 * i);
  const { together, backTogether, alone, backAlone } = inBothEngines(seededBytes('packs', 32), plain);
  expect(together).toEqual(alone);
  expect(backTogether).toEqual(plain);
  expect(backAlone).toEqual(plain);
});

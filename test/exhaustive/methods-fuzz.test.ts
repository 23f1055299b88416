import { expect, test } from '@jest/globals';
import { fuzz, untested } from '../fuzz/campaign.ts';

test('20,000 inputs of wrong and odd kinds are refused with a documented code or come back', () => {
  const summary = fuzz(20_000, 1);
  expect(untested(summary)).toEqual([]);
  expect([...summary.values()].reduce((sum, { inputs }) => sum + inputs, 0)).toBe(20_000);
});

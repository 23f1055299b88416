import { expect, test } from '@jest/globals';
import { cardDomain } from '../../../lib/policy/elements/card.ts';

test.each([
  [{ invalidLuhn: false, invalidCardType: false }, 10_000_000],
  [{ invalidLuhn: true, invalidCardType: false }, 1_000_000],
  [{ invalidLuhn: false, invalidCardType: true }, 5_000_000],
  [{ invalidLuhn: true, invalidCardType: true }, 500_000],
])('with %j, seven digits of a card number have %i values', (marks, values) => {
  expect(cardDomain(marks, 7)).toBe(values);
});

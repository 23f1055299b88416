import { expect, test } from '@jest/globals';
import { avoidedDates } from '../../../lib/policy/elements/date-choices.ts';

test('tokens avoid the first and the last date where they stay clear, and no date that is no token', () => {
  const staysClear = ['3337-11-27', '0600-01-01', '9999-12-31'];
  expect(avoidedDates({ staysClear })).toEqual([6000101, 33371127]);
});

test('tokens avoid the first and the last date of a range where they stay clear, and none outside', () => {
  const range = { from: '1900-01-01', to: '2026-12-31' };
  const staysClear = ['1899-12-31', '1900-01-01', '2026-12-31', '2027-01-01'];
  expect(avoidedDates({ range, staysClear })).toEqual([19000101, 20261231]);
});

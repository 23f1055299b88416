import { expect, test } from '@jest/globals';
import { KnownRecords, type KnownRecordsJson } from '../../../lib/audit/known-records.ts';

test('known records are read back as they were written', () => {
  const json = { a: [5, '1-3,7'], b: [6, '2'] } as const;
  expect(KnownRecords.fromJson(json).toJson()).toEqual(json);
});

test.each<[what: string, json: unknown]>([
  ['a number', { a: 7 }],
  ['null', { a: null }],
  ['an object', { a: {} }],
  ['numbers that are none', { a: [5, 'x'] }],
  ['numbers in no order', { a: [5, '7,1'] }],
  ['no text', { a: [5, null] }],
  ['no time', { a: ['5', '1'] }],
])('known records with %s are damaged', (_, json) => {
  expect(() => KnownRecords.fromJson(json as KnownRecordsJson)).toThrow(
    expect.objectContaining({ code: 'JOURNAL_DAMAGED' }),
  );
});

import { describe, expect, test } from '@jest/globals';
import { KnownRecords, type KnownRecordsJson, tagOfLine } from '../../../lib/audit/known-records.ts';

/** Records of these chains, numbers and times. The line of a number is its text. */
function known(...all: readonly (readonly [chain: string, from: number, to: number, timeMs: number])[]): KnownRecords {
  const records = new KnownRecords();
  for (const [chain, from, to, timeMs] of all) {
    for (let number = from; number <= to; number++) records.add(chain, number, tagOfLine(`${number}`), timeMs);
  }
  return records;
}
const sightings = (json: KnownRecordsJson, chain: string, line: (number: number) => string): readonly string[] =>
  [1, 2, 3, 4].map((number) => KnownRecords.fromJson(json).compare(chain, number, tagOfLine(line(number))));
const OTHER = (): string => 'other';

describe('known records', () => {
  test('survive as JSON, with the first six bytes of the SHA-256 of each line', () => {
    const json = known(['a', 1, 2, 5]).toJson();
    expect(json).toEqual({ a: [5, '1-2', `${tagOfLine('1')}${tagOfLine('2')}`] });
    expect(tagOfLine('1')).toBe('a4ayc/80');
    expect(sightings(json, 'a', String)).toEqual(['known', 'known', 'new', 'new']);
    expect(sightings(json, 'a', OTHER)).toEqual(['forked', 'forked', 'new', 'new']);
  });

  test('drop the tags of the oldest chains first, and of the lowest numbers of a chain', () => {
    const json = known(['old', 1, 3, 5], ['new', 1, 3, 6]).toJson(0, 5);
    expect(sightings(json, 'new', OTHER)).toEqual(['forked', 'forked', 'forked', 'new']);
    expect(sightings(json, 'old', OTHER)).toEqual(['known', 'forked', 'forked', 'new']);
    expect(sightings(json, 'old', String)).toEqual(['known', 'known', 'known', 'new']);
    expect(Object.keys(json)).toEqual(['old', 'new']);
    const without = known(['old', 1, 3, 5], ['new', 1, 3, 6]).toJson(0, 3);
    expect(sightings(without, 'old', OTHER)).toEqual(['known', 'known', 'known', 'new']);
  });

  test('keep the tags of numbers that arrive in another order', () => {
    const records = known(['a', 4, 4, 5], ['a', 1, 2, 5]);
    expect(sightings(records.toJson(), 'a', OTHER)).toEqual(['forked', 'forked', 'new', 'forked']);
    expect(sightings(records.toJson(), 'a', String)).toEqual(['known', 'known', 'new', 'known']);
  });
});

test.each<[what: string, json: unknown]>([
  ['no object', 7],
  ['a list in place of the object', []],
  ['a number', { a: 7 }],
  ['null', { a: null }],
  ['an object', { a: {} }],
  ['numbers that are none', { a: [5, 'x'] }],
  ['numbers in no order', { a: [5, '7,1'] }],
  ['no text', { a: [5, null] }],
  ['tags that are none', { a: [5, '1', {}] }],
  ['no time', { a: ['5', '1'] }],
])('known records with %s are damaged', (_, json) => {
  expect(() => KnownRecords.fromJson(json as KnownRecordsJson)).toThrow(
    expect.objectContaining({ code: 'JOURNAL_DAMAGED', message: expect.stringContaining('known records') }),
  );
});

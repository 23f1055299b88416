import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { SequenceSet } from '../../../lib/base/sequence-set.ts';

const numbers = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });

describe('a sequence set', () => {
  test('holds every added number in any order, and tells which ones are new', () => {
    fc.assert(
      fc.property(numbers, (added) => {
        const set = new SequenceSet();
        const model = new Set<number>();
        for (const number of added) {
          expect(set.add(number)).toBe(!model.has(number));
          model.add(number);
        }
        for (let number = 1; number <= 31; number++) expect(set.has(number)).toBe(model.has(number));
        const again = SequenceSet.parse(set.toString());
        expect(again.toString()).toBe(set.toString());
        for (let number = 1; number <= 31; number++) expect(again.has(number)).toBe(model.has(number));
      }),
    );
  });

  test('is written as ranges', () => {
    const set = new SequenceSet();
    for (const number of [9, 1, 3, 2, 5, 4]) set.add(number);
    expect(set.toString()).toBe('1-5,9');
  });

  test.each(['0', '3-2', '1,1', '1-2,3', '2,1', 'a', '1-', '1,,2', ' 1'])('refuses the text %j', (text) => {
    expect(() => SequenceSet.parse(text)).toThrow(RangeError);
  });
});

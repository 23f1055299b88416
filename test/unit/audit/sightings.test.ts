import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Sightings } from '../../../lib/audit/sightings.ts';

const digestOf = (content: number): Uint8Array => Buffer.alloc(16, content);

describe('the sightings of a chain', () => {
  test('hold where a number was first seen, whether its content is the same, and the tag', () => {
    const sightings = new Sightings();
    sightings.add(3, digestOf(7), 2 ** 40, Buffer.alloc(8, 9));
    expect(sightings.find(3, digestOf(7))).toEqual({
      position: 2 ** 40,
      marked: false,
      same: true,
      tag: Buffer.alloc(8, 9),
    });
    expect(sightings.find(3, digestOf(8))).toMatchObject({ same: false });
    expect([1, 2, 4, 1000].map((sequence) => sightings.find(sequence, digestOf(7)))).toEqual(new Array(4));
    expect([sightings.highest, new Sightings().highest]).toEqual([3, 0]);
  });

  test('yield the runs of unmarked numbers, each with its first position', () => {
    const sightings = new Sightings();
    for (const sequence of [1, 2, 3, 5, 6, 9]) sightings.add(sequence, digestOf(1), sequence * 10);
    for (const sequence of [2, 6, 7]) sightings.mark(sequence);
    expect([...sightings.unmarked()]).toEqual([
      { from: 1, to: 1, position: 10 },
      { from: 3, to: 3, position: 30 },
      { from: 5, to: 5, position: 50 },
      { from: 9, to: 9, position: 90 },
    ]);
    expect(sightings.find(2, digestOf(1))).toMatchObject({ marked: true, position: 20 });
  });

  test('yield one run for numbers that arrived below the first ones', () => {
    const sightings = new Sightings();
    for (const sequence of [66, 2, 1, 3]) sightings.add(sequence, digestOf(1), sequence);
    expect([...sightings.unmarked()]).toEqual([
      { from: 1, to: 3, position: 1 },
      { from: 66, to: 66, position: 66 },
    ]);
  });

  test('are those of a map, for any numbers in any order, near and far', () => {
    const number = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 48 }));
    fc.assert(
      fc.property(fc.uniqueArray(number, { maxLength: 60 }), fc.func(fc.boolean()), (numbers, isMarked) => {
        const sightings = new Sightings();
        for (const [i, sequence] of numbers.entries()) sightings.add(sequence, digestOf(i), i);
        const marked = new Set(numbers.filter((sequence) => isMarked(sequence)));
        for (const sequence of marked) sightings.mark(sequence);
        for (const [i, sequence] of numbers.entries()) {
          expect(sightings.find(sequence, digestOf(i))).toMatchObject({
            position: i,
            same: true,
            marked: marked.has(sequence),
          });
        }
        const open = [...sightings.unmarked()].flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        expect(open).toEqual(numbers.filter((sequence) => !marked.has(sequence)).toSorted((a, b) => a - b));
        expect(sightings.highest).toBe(Math.max(0, ...numbers));
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { NATIONAL_NUMBERS } from '../../../lib/discovery/kinds/national-numbers.ts';
import { type Below, GENERATORS } from '../../support/discovery/national-numbers.ts';
import { seeded } from '../../support/discovery/seeded.ts';

const takes = (label: string, value: string): boolean =>
  NATIONAL_NUMBERS.some((number) => number.label === label && number.takes(value));

describe('national numbers', () => {
  test('are those of 40 countries and more', () => {
    expect(new Set(NATIONAL_NUMBERS.map(({ country }) => country)).size).toBeGreaterThanOrEqual(40);
  });

  // Examples that authorities and standards publish.
  test.each([
    ['CPF', '390.533.447-05'],
    ['RUT', '12.531.909-2'],
    ['CPR', '211062-5629'],
    ['HETU', '131052-308T'],
    ['NHS', '943 476 5870'],
    ['PESEL', '44051401359'],
    ['RRN', '971013-9019902'],
    ['CURP', 'BOXW310820HNERXN09'],
    ['OIB', '33392005961'],
  ])('take the published example of %s', (label, example) => {
    expect(takes(label, example)).toBe(true);
  });

  test.each(Object.entries(GENERATORS))('take every %s that its rules make', (label, make) => {
    const below = seeded(7);
    for (let i = 0; i < 200; i++) expect([label, takes(label, make(below))]).toEqual([label, true]);
  });

  test.each(NATIONAL_NUMBERS.filter(({ chance }) => chance < 0.5).map((number) => [number.label, number] as const))(
    'take no more digits by accident than %s says',
    (_, { takes: accepts, chance }) => {
      const below = seeded(11);
      for (const length of [8, 9, 10, 11, 12, 13]) {
        const passed = Array.from({ length: 2000 }, () => digits(below, length)).filter(accepts).length;
        expect(passed / 2000).toBeLessThan(2 * chance + 0.02);
      }
    },
  );
});

function digits(below: Below, length: number): string {
  return Array.from({ length }, () => below(10)).join('');
}

import { describe, expect, test } from '@jest/globals';
import { countryOf, holdsEmail } from '../../../lib/discovery/kinds/contacts.ts';
import { holdsStreetWord } from '../../../lib/discovery/kinds/places.ts';
import { nameWords } from '../../../lib/discovery/kinds/words.ts';
import { tryElement } from '../../../lib/discovery/trial.ts';
import { elementSchema } from '../../../lib/policy/schema.ts';

const SWISS = Array.from({ length: 59 }, (_, i) => `04463${10_000 + 137 * i}`.slice(0, 10));

describe('forms of values', () => {
  test.each([
    ['ask ann@x.example!?.', true],
    ['ask <ann@x.example>', true],
    ['a.b.c@x.example...', true],
    ['ann@x..example', false],
    ['ann@...x', false],
  ])('an address of e-mail ends before its marks: %s', (text, isHeld) => {
    expect(holdsEmail(text)).toBe(isHeld);
  });

  test.each([
    ['渋谷 12-34', true],
    ['종로 1', true],
    ['渋谷 12', false],
    ['渋谷 12 - 34', false],
  ])('numbers with a hyphen are a street of East Asia: %s', (text, isHeld) => {
    expect(holdsStreetWord(text)).toBe(isHeld);
  });

  test.each([
    ['HTTPServerName', 'http server name'],
    ['customerID', 'customer id'],
    ['ABcDEf', 'a bc d ef'],
    ['SSN', 'ssn'],
  ])('the name %s has the words %s', (name, words) => {
    expect(nameWords(name)).toBe(words);
  });

  test('a text that is longer than any telephone number is one of no country, and as dirt it changes nothing', () => {
    const country = countryOf(SWISS);
    expect(country).toBeDefined();
    expect(countryOf([`0446310000${' '.repeat(23)}x1`, ...SWISS])).toBe(country);
    expect(countryOf(SWISS.map((value) => `${value}${' '.repeat(23)}x1`))).toBeUndefined();
  });
});

test('the longest value of a sample counts characters, also those beyond the basic plane', () => {
  const element = elementSchema.parse({
    id: 'f991813c-a062-4b9d-890f-a063cd042b6f',
    name: 'de',
    method: 'tokenization',
    type: 'unicode-script',
    shortData: 'weak-token',
  });
  const { width } = tryElement(element, [
    ['a𝒜é', 1],
    ['𝒜𝒜\ud835', 1],
  ]);
  expect(width.value).toEqual({ bytes: 11, characters: 3 });
});

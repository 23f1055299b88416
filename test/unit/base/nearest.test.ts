import { describe, expect, test } from '@jest/globals';
import { didYouMean, Hints, MOST_HINTS, nearestOf } from '../../../lib/base/nearest.ts';

const NAMES = ['deEmail', 'deSSN', 'deCCN', 'dePhone'];

describe('the nearest name', () => {
  test.each([
    ['emial', undefined],
    ['deEmial', 'deEmail'],
    ['DESSN', 'deSSN'],
    ['deSNN', 'deSSN'],
    ['dePhon', 'dePhone'],
    ['deAddress', undefined],
    ['', undefined],
  ])('to %j is %j', (text, name) => {
    expect(nearestOf(text, NAMES)).toBe(name);
  });

  test('is suggested, and nothing where none is near', () => {
    expect(didYouMean('deEmial', NAMES)).toBe('; did you mean deEmail?');
    expect(didYouMean('salary', NAMES)).toBe('');
  });

  test('is looked for a limited number of times in one document', () => {
    const hints = new Hints();
    let asked = 0;
    const names = (): string[] => {
      asked++;
      return NAMES;
    };
    for (let i = 0; i < 1000; i++) hints.of('deEmial', names);
    expect(asked).toBe(MOST_HINTS);
  });
});

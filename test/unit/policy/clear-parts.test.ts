import { expect, test } from '@jest/globals';
import { clearEnds } from '../../../lib/policy/elements/clear-parts.ts';

test.each([
  [0, 0, []],
  [1, 0, ['the first character']],
  [0, 1, ['the last character']],
  [2, 4, ['the first 2 characters', 'the last 4 characters']],
])('ends of %i and %i clear characters are said in words', (fromLeft, fromRight, words) => {
  expect(clearEnds({ fromLeft, fromRight })).toEqual(words);
});

import { expect, test } from '@jest/globals';
import { foldCase } from '../../../lib/base/fold-case.ts';

test('folds the 26 ASCII capitals and changes no other character', () => {
  const changed: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point);
    if (foldCase(character) !== character) changed.push(character);
  }
  expect(changed.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  expect(foldCase('Ann_O.LEE@X')).toBe('ann_o.lee@x');
});

import { expect, test } from '@jest/globals';
import { keysOfInventory } from '../../../lib/files/objects/inventory.ts';

test.each([
  ['people/a.csv', ['people/a.csv']],
  ['people/a%20b.csv', ['people/a%20b.csv', 'people/a b.csv']],
  ['people/a+b.csv', ['people/a+b.csv', 'people/a b.csv']],
  ['people/a%2Bb%C3%A4.csv', ['people/a%2Bb%C3%A4.csv', 'people/a+bä.csv']],
  ['people/100%.csv', ['people/100%.csv']],
  ['people/%ff.csv', ['people/%ff.csv']],
])('a key of an inventory, %s, means one of %j', (listed, keys) => {
  expect(keysOfInventory(listed)).toEqual(keys);
});

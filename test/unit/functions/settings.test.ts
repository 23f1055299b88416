import { afterEach, describe, expect, test } from '@jest/globals';
import { listOf, optional, optionalWholeNumber, required } from '../../../functions/runtime/settings.ts';

const NAME = 'PROTECTOR_TEST_SETTING';

afterEach(() => {
  delete process.env[NAME];
});

function set(value: string | undefined): void {
  if (value !== undefined) process.env[NAME] = value;
}

const refusal = (why: string) =>
  expect.objectContaining({
    code: 'NOT_CONFIGURED',
    message: `The protector is not configured: the environment variable ${NAME} ${why}`,
  });

describe('a setting', () => {
  test.each([undefined, ''])('%j is absent: a required one is refused by name', (value) => {
    set(value);
    expect(() => required(NAME)).toThrow(refusal('is missing'));
    expect(optional(NAME)).toBeUndefined();
    expect(optionalWholeNumber(NAME, { min: 1 })).toBeUndefined();
    expect(listOf(NAME, ',')).toEqual([]);
  });

  test('with a value is returned as it is', () => {
    set(' x ');
    expect([required(NAME), optional(NAME)]).toEqual([' x ', ' x ']);
  });

  test.each([
    ['2', 2, 2],
    ['0', 0, 0],
    ['0300', 1, 300],
    ['9007199254740991', 1, Number.MAX_SAFE_INTEGER],
  ])('%j with a minimum of %i is the whole number %i', (text, min, value) => {
    set(text);
    expect(optionalWholeNumber(NAME, { min })).toBe(value);
  });

  test.each(['1', '-3', '+3', ' 3', '3.0', '1e3', '0x10', '3s', 'many', '9007199254740992'])(
    '%j is no whole number from 2: refused by name, without its value',
    (text) => {
      set(text);
      expect(() => optionalWholeNumber(NAME, { min: 2 })).toThrow(refusal('must be a whole number from 2'));
    },
  );

  test.each<[string, string | RegExp, string[]]>([
    [' a , b,,c ', ',', ['a', 'b', 'c']],
    ['a\tb  c\n', /\s+/, ['a', 'b', 'c']],
    [' , ', ',', []],
  ])('%j split at %s is the list %j', (text, separator, items) => {
    set(text);
    expect(listOf(NAME, separator)).toEqual(items);
  });
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Attempt, attempt } from '../../../lib/base/attempt.ts';
import { ExactNumber } from '../../../lib/base/cell.ts';
import { parseExactly, parseJson } from '../../../lib/base/json.ts';
import { JsonError, MAX_DEPTH, readJson } from '../../../lib/base/read-json.ts';

const read = (text: string): unknown => readJson(text, { number: Number });
/** The value in a list; an empty list for an error of any kind. */
const valueIn = (attempted: Attempt<unknown>): unknown[] => (attempted.ok ? [attempted.value] : []);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON', () => {
  const edits = fc.array(
    fc.tuple(
      fc.nat(),
      fc.constantFrom('', '"', '\\', '[', ']', '{', '}', ',', ':', '1', '-', 'e', '\n', '\u0001', ' '),
    ),
    {
      maxLength: 2,
    },
  );
  const texts = fc.tuple(fc.json({ maxDepth: 4 }), fc.nat(2), edits).map(([json, indent, changes]) => {
    let text = JSON.stringify(JSON.parse(json), null, indent);
    for (const [place, insert] of changes) {
      const at = place % (text.length + 1);
      text = text.slice(0, at) + insert + text.slice(at + (insert === '' ? 1 : 0));
    }
    return text;
  });

  test('is read as JSON.parse reads it, damaged or not', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const expected = attempt(() => JSON.parse(text) as unknown);
        const found = attempt(() => read(text));
        expect(valueIn(found)).toEqual(valueIn(expected));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    '"a\\u0041\\n\\ud83d\\ude00"',
    '{"__proto__":{"x":1},"a":1,"a":2}',
    ' [ ] ',
    '-0.5e+3',
    '[true,false,null]',
  ])('with every kind of token is read: %s', (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
    expect(Object.getPrototypeOf(Object(read(text)))).toBe(Object.getPrototypeOf(Object(JSON.parse(text))));
  });

  test.each([
    '',
    '01',
    '1.',
    '.5',
    '+1',
    'tru',
    '"',
    '"\\"',
    '"\\x"',
    '"\t"',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    '1 2',
    '[1',
    '{"a"',
    'NaN',
  ])('that is damaged is refused at a place inside it, and not quoted: %j', (text) => {
    const refused = attempt(() => read(text));
    expect(refused).toMatchObject({ ok: false, error: { code: 'JSON_MALFORMED', message: 'it is not JSON' } });
    const { at } = (refused as { error: JsonError }).error;
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(text.length);
  });

  test('is read to a hundred levels, and refused at the next', () => {
    expect(JSON.stringify(read(nested(MAX_DEPTH)))).toBe(nested(MAX_DEPTH));
    expect(() => read(nested(MAX_DEPTH + 1))).toThrow(JsonError);
    expect(attempt(() => read('[{"a":'.repeat(1_000_000)))).toMatchObject({
      error: { code: 'JSON_TOO_DEEP', at: 300 },
    });
  });

  test('keeps every digit of a number', () => {
    const text = '[12345678901234567890, 1.50, 1E2, -0]';
    expect(parseExactly(text)).toEqual(
      ['12345678901234567890', '1.50', '1E2', '-0'].map((digits) => new ExactNumber(digits)),
    );
  });

  test('tells of each member and item, with its place, before it is there', () => {
    const seen: unknown[] = [];
    readJson('{"a": [1, {"b": 2}], "a": 3}', {
      number: Number,
      part: (container, name, at) => void seen.push([name, at, Object.hasOwn(container, name)]),
    });
    expect(seen).toEqual([
      ['a', 1, false],
      [0, 7, false],
      [1, 10, false],
      ['b', 11, false],
      ['a', 21, true],
    ]);
  });

  test('with names of a caller keeps every name, whatever was read before', () => {
    const names = ['\\', '"', '\n', '\f', '/', 'é', 'a\\', 'a"', 'a\n'];
    for (const first of names) {
      for (const second of names) {
        for (const name of [first, second]) {
          const text = JSON.stringify({ h: [], [name]: 0 });
          expect(Object.entries(parseJson(text) as object)).toEqual([
            ['h', []],
            [name, 0],
          ]);
        }
      }
    }
  });
});

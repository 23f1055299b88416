// Tokens of dates against the reference, whose ranks are counted day by day.
import { describe, expect, test } from '@jest/globals';
import { type DateOptions, dateToken } from '../support/date-reference.ts';
import { elementOf, fixedKeyContext, readTokens } from '../support/fixed-key.ts';
import { compileDate, compileDatetime } from '../../lib/protect/methods/date/date.ts';
import type { Method } from '../../lib/protect/methods/method.ts';

const ID = '00000000-0000-4000-8000-000000000077';
const date = (options: object = {}): Method => compileDate(elementOf('date', options), fixedKeyContext(ID));
const datetime = (options: object = {}): Method => compileDatetime(elementOf('datetime', options), fixedKeyContext(ID));
const LIVES = { from: '1900-01-01', to: '2026-12-31' };
const SAMPLE = ['1900-01-01', '1969-12-31', '1970-01-02', '2000-02-29', '2026-12-31'];

describe('tokens of every option are the rank among the dates that are left, through the reference FF1', () => {
  test.each<DateOptions>([
    { range: LIVES },
    { range: LIVES, dateInClear: 'year' },
    { range: LIVES, dateInClear: 'month' },
    { staysClear: ['1970-01-01'] },
    { staysClear: ['1970-01-01', '2016-05-27', '2024-02-29', '2000-01-01'], range: LIVES },
    { staysClear: ['1970-01-01', '1582-10-15'], dateInClear: 'month' },
    { staysClear: ['1970-01-01'], distinguishable: true },
  ])('%j', (options) => {
    const expected = SAMPLE.map((value) => dateToken(ID, options, value));
    expect(date(options).protect(SAMPLE, undefined).column).toEqual(expected);
    const times = SAMPLE.flatMap((day) => [`${day} 00:27`, `${day}T23:59:59.5Z`]);
    const both = { ...options, tokenizeTime: true };
    expect(datetime(both).protect(times, undefined).column).toEqual(times.map((value) => dateToken(ID, both, value)));
  });

  test('as in the committed vectors of every option', () => {
    const { elementId, sets } = readTokens('datetime');
    const checked = sets
      .flatMap(({ options, pairs }) =>
        'dateOrder' in options ? [] : pairs.map(([value, token]) => ({ options, value: String(value), token })),
      )
      .filter(({ value }) => /^\d{4}-/.test(value));
    expect(checked.length).toBeGreaterThan(80);
    for (const { options, value, token } of checked) {
      expect([value, dateToken(elementId, options, value)]).toEqual([value, token]);
    }
  });
});

import { describe, expect, test } from '@jest/globals';
import { compileDate, compileDatetime } from '../../../../lib/protect/methods/date/date.ts';
import { anyDate, cutDates } from '../../../../lib/protect/methods/date/date-sets.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import { type DateOptions } from '../../../support/date-reference.ts';
import { elementOf, fixedKeyContext, refusalOf, roundTrip } from '../../../support/fixed-key.ts';

const ID = '00000000-0000-4000-8000-000000000077';
const date = (options: object = {}): Method => compileDate(elementOf('date', options), fixedKeyContext(ID));
const datetime = (options: object = {}): Method => compileDatetime(elementOf('datetime', options), fixedKeyContext(ID));

/** Lists the days from one ISO date to another one. */
function days(from: string, to: string): string[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: (last - first) / 86_400_000 + 1 }, (_, i) =>
    new Date(first + i * 86_400_000).toISOString().slice(0, 10),
  );
}

const LIVES = { from: '1900-01-01', to: '2026-12-31' };
const NO_END = ['9999-12-31', '0001-01-01'];

describe('the order of day and month', () => {
  test.each([
    ['dmy', '27-05-2016'],
    ['dmy', '27/05/2016'],
    ['dmy', '27.05.2016'],
    ['mdy', '05-27-2016'],
    ['mdy', '05/27/2016'],
    ['mdy', '05.27.2016'],
  ])('%s takes %s, whose token day is that of 2016-05-27', (dateOrder, value) => {
    const { tokens, values } = roundTrip(date({ dateOrder }), [value, '2016-05-27', '2016/05/27', '2016.05.27']);
    expect(values).toEqual([value, '2016-05-27', '2016/05/27', '2016.05.27']);
    const [first, second, year] = String(tokens[0]).split(/\D/);
    expect(tokens[1]).toBe([year, ...(dateOrder === 'dmy' ? [second, first] : [first, second])].join('-'));
    expect(tokens[0]).toMatch(value.includes('/') ? /^\d\d\/\d\d\/\d{4}$/ : /^\d\d[-.]\d\d[-.]\d{4}$/);
    expect(tokens[1]).toBe(date().protect(['2016-05-27'], undefined).column[0]);
  });

  test.each([
    ['dmy', '05/27/2016', 'DATE_INPUT'],
    ['mdy', '27.05.2016', 'DATE_INPUT'],
    ['ymd', '27/05/2016', 'DATE_FORMAT'],
    ['ymd', '05.27.2016', 'DATE_FORMAT'],
  ])('%s refuses %s', (dateOrder, value, code) => {
    for (const method of [date({ dateOrder }), datetime({ dateOrder })]) {
      expect(refusalOf(() => method.protect([value], undefined))).toEqual({ code, row: 0 });
    }
  });

  test('serves a datetime too, with its time', () => {
    for (const tokenizeTime of [false, true]) {
      const values = ['05/27/2016 00:27:41.5', '05-27-2016T00:27Z', '05.27.2016'];
      expect(roundTrip(datetime({ dateOrder: 'mdy', tokenizeTime }), values).values).toEqual(values);
    }
  });
});

describe('dates that stay clear', () => {
  test('stay in every form and are counted, both ways', () => {
    const forms = ['9999-12-31', '31/12/9999', '9999.12.31', '0001-01-01', '01/01/0001'];
    const method = date({ staysClear: NO_END });
    const column = [null, '', '2016-05-27', ...forms, '2016-05-28'];
    const tokens = method.protect(column, undefined);
    expect(tokens).toMatchObject({ clearCount: forms.length, weakCount: 0 });
    expect(tokens.column.slice(3, -1)).toEqual(forms);
    expect(tokens.column.filter((token, i) => token === column[i])).toHaveLength(forms.length + 2);
    expect(method.unprotect(tokens.column, undefined)).toEqual({ column, clearCount: forms.length, weakCount: 0 });
  });

  test('stay with any time, also where the time is tokenized', () => {
    const values = ['9999-12-31 23:59:59.999', '0001-01-01T00:00:00Z', '9999-12-31', '9999-12-31 00:00+00'];
    for (const tokenizeTime of [false, true]) {
      const method = datetime({ staysClear: NO_END, tokenizeTime });
      expect(method.protect(values, undefined)).toEqual({ column: values, clearCount: 4, weakCount: 0 });
      expect(method.unprotect(values, undefined)).toEqual({ column: values, clearCount: 4, weakCount: 0 });
      expect(refusalOf(() => method.protect(['9999-12-31 24:00:00'], undefined)).code).toBe('TIME_FORMAT');
    }
  });

  test('may be digits that are no date', () => {
    const values = ['0000-00-00', '0000-00-00', '9999-99-99'];
    expect(date({ staysClear: values }).protect(values, undefined)).toMatchObject({ column: values, clearCount: 3 });
  });

  test('are refused without the option', () => {
    for (const value of ['9999-12-31', '31/12/9999', '0001-01-01', '0000-00-00']) {
      expect(refusalOf(() => date().protect([value], undefined)).code).toBe('DATE_INPUT');
    }
  });

  test('change no token if they lie outside of the dates that tokens can be', () => {
    const column = days('1999-01-01', '1999-12-31');
    for (const options of [{}, { dateInClear: 'month' }, { distinguishable: true }, { range: LIVES }]) {
      expect(date({ ...options, staysClear: NO_END }).protect(column, undefined)).toEqual(
        date(options).protect(column, undefined),
      );
    }
  });

  test.each<DateOptions>([{}, { range: { from: '1969-06-01', to: '1970-06-01' } }, { dateInClear: 'year' }])(
    'are never the token of another date, with %j',
    (options) => {
      const staysClear = ['1970-01-01', '1970-01-02', '1970-02-01', ...NO_END];
      const method = date({ ...options, staysClear });
      const column = days('1969-06-01', '1970-06-01');
      const { tokens, values } = roundTrip(method, column);
      expect(values).toEqual(column);
      expect(tokens.filter((token) => staysClear.includes(String(token)))).toEqual(staysClear.slice(0, 3));
      expect(new Set(tokens).size).toBe(column.length);
    },
  );

  test('are passed over by every distinguishable token', () => {
    const staysClear = ['1970-01-01', '3337-11-27'];
    const method = date({ distinguishable: true, staysClear });
    const { tokens, values } = roundTrip(method, ['0600-01-01', '1970-01-02', '3337-11-26', ...staysClear]);
    expect(values).toEqual(['0600-01-01', '1970-01-02', '3337-11-26', ...staysClear]);
    expect(tokens.slice(3)).toEqual(staysClear);
    // Two values fewer need two tokens fewer: the last two of the range are none.
    for (const none of ['6075-10-23', '6075-10-24']) {
      expect(refusalOf(() => method.unprotect([none], undefined)).code).toBe('DATE_INPUT');
    }
    expect(method.unprotect(['6075-10-22'], undefined).clearCount).toBe(0);
  });

  test('cannot be distinguishable tokens', () => {
    for (const staysClear of [['3337-11-28'], ['6075-10-24']]) {
      expect(refusalOf(() => date({ distinguishable: true, staysClear })).code).toBe('ELEMENT_UNFIT');
    }
  });
});

/** Lists how many days after the first date of a range the tokens of its dates are. */
const places = (from: string, to: string): number[] =>
  date({ range: { from, to } })
    .protect(days(from, to), undefined)
    .column.map((token) => Date.parse(String(token)) - Date.parse(from));

describe('a range', () => {
  test.each(['none', 'year', 'month'])('with %s in clear permutes its dates among themselves', (dateInClear) => {
    const method = date({ range: { from: '1995-11-30', to: '2004-02-29' }, dateInClear });
    const column = days('1995-11-30', '2004-02-29');
    const { tokens, values } = roundTrip(method, column);
    expect(values).toEqual(column);
    expect(new Set(tokens)).toEqual(new Set(column));
    expect(tokens.filter((token, i) => token === column[i]).length).toBeLessThan(column.length / 10);
    const clear = (text: unknown): string =>
      dateInClear === 'none' ? '' : dateInClear === 'year' ? String(text).slice(0, 4) : String(text).slice(5, 7);
    expect(tokens.map(clear)).toEqual(column.map(clear));
    expect(method.protect(column, undefined).weakCount).toBe(column.length);
  });

  test('refuses dates outside, both ways', () => {
    const method = date({ range: LIVES });
    for (const outside of ['1899-12-31', '2027-01-01', '9999-12-31', '1582-10-10']) {
      expect(refusalOf(() => method.protect(['2000-01-01', outside], undefined))).toEqual({
        code: 'DATE_INPUT',
        row: 1,
      });
      expect(refusalOf(() => method.unprotect(['2000-01-01', outside], undefined))).toEqual({
        code: 'DATE_INPUT',
        row: 1,
      });
    }
  });

  test('passes over the skipped days', () => {
    const column = days('1582-01-01', '1582-12-31').filter((day) => day < '1582-10-05' || day > '1582-10-14');
    const { tokens, values } = roundTrip(date({ range: { from: '1582-01-01', to: '1582-12-31' } }), column);
    expect(values).toEqual(column);
    expect(new Set(tokens)).toEqual(new Set(column));
  });

  test('with a tokenized time is strong, and keeps the date inside', () => {
    const method = datetime({ range: LIVES, tokenizeTime: true });
    const column = days('1999-01-01', '1999-12-31').map((day, i) =>
      i % 2 === 0 ? `${day} 23:59` : `${day}T00:00:59Z`,
    );
    const { tokens, values } = roundTrip(method, column);
    expect(values).toEqual(column);
    expect(method.protect(column, undefined).weakCount).toBe(0);
    const outside = tokens.filter((token) => String(token) < LIVES.from || String(token).slice(0, 10) > LIVES.to);
    expect(outside).toEqual([]);
  });

  test('cannot go with distinguishable tokens', () => {
    expect(refusalOf(() => date({ distinguishable: true, range: LIVES })).code).toBe('ELEMENT_UNFIT');
  });

  test('of the same number of dates has another permutation', () => {
    expect(places('1990-01-01', '1990-12-31')).not.toEqual(places('1991-01-01', '1991-12-31'));
  });
});

test('a cut set has no rank for a date that it avoids, nor for one outside', () => {
  const set = cutDates(anyDate, { from: 20_000_101, to: 20_001_231, avoid: [20_000_229] });
  expect(set.size(2000, 1)).toBe(365);
  expect([set.rank(2000, 2, 28), set.rank(2000, 2, 29), set.rank(2000, 3, 1)]).toEqual([58, -1, 59]);
  expect([set.rank(1999, 12, 31), set.rank(2000, 1, 1), set.rank(2000, 12, 31), set.rank(2001, 1, 1)]).toEqual([
    -1, 0, 364, -1,
  ]);
  expect([set.date(2000, 1, 58), set.date(2000, 1, 59), set.date(2000, 1, 364)]).toEqual([
    20_000_228, 20_000_301, 20_001_231,
  ]);
});

import { describe, expect, test } from '@jest/globals';
import { dateOfDay, RANGE_DAYS } from '../../../../lib/policy/calendar.ts';
import { compileDate, compileDatetime } from '../../../../lib/protect/methods/date/date.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import { tweakOf } from '../../../../lib/protect/tweak.ts';
import * as reference from '../../../support/ff1-reference.ts';
import { elementOf, fixedKey, fixedKeyContext, readTokens, refusalOf, roundTrip } from '../../../support/fixed-key.ts';

const date = (options: object = {}, elementId?: string): Method =>
  compileDate(elementOf('date', options), fixedKeyContext(elementId));
const datetime = (options: object = {}, elementId?: string): Method =>
  compileDatetime(elementOf('datetime', options), fixedKeyContext(elementId));

const written = (yyyymmdd: number): string =>
  String(yyyymmdd)
    .padStart(8, '0')
    .replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3');
const numberOf = (text: string): number => Number(text.slice(0, 10).replaceAll(/\D/g, ''));

/** Ends of the range and of the gap, leap days, ends of years that are special. */
const EDGES = [
  '0600-01-01',
  '0600-02-28',
  '0604-02-29',
  '0800-02-29',
  '1582-01-01',
  '1582-10-04',
  '1582-10-15',
  '1582-12-31',
  '1583-01-01',
  '1900-02-28',
  '1900-03-01',
  '1999-12-31',
  '2000-02-29',
  '2024-02-29',
  '2024-12-31',
  '3336-02-29',
  '3337-01-01',
  '3337-10-31',
  '3337-11-01',
  '3337-11-27',
];
const SKIPPED = Array.from({ length: 10 }, (_, i) => written(15_821_005 + i));

/** A date in every `step` days. */
const rangeSample = (step: number): string[] =>
  Array.from({ length: Math.floor(RANGE_DAYS / step) }, (_, i) => written(dateOfDay(i * step))).filter(
    (day) => !SKIPPED.includes(day),
  );

const TAILS = ['.123', '.123456', '.123456789', ',000', ',123456', ',123456789', ' 000', ' 369000', ' 123456789', ''];
const OFFSETS = ['', '+00:00', '-00:00', '+14:00', '-11:30', '+23:59'];
const TIMES = ['00:00:00', '07:00:58', '12:34:56', '23:59:59'];

describe('a date', () => {
  test.each([
    ['-', /^\d{4}-\d\d-\d\d$/, '2024-02-29'],
    ['/', /^\d{4}\/\d\d\/\d\d$/, '2024/02/29'],
    ['.', /^\d{4}\.\d\d\.\d\d$/, '2024.02.29'],
    ['/, day first,', /^\d\d\/\d\d\/\d{4}$/, '29/02/2024'],
    ['., month first,', /^\d\d\.\d\d\.\d{4}$/, '02.29.2024'],
  ])('with %s keeps its text form, and the token day does not depend on it', (_what, form, value) => {
    const { tokens, values } = roundTrip(date(), [value, '2024-02-29']);
    expect(values).toEqual([value, '2024-02-29']);
    expect(tokens[0]).toMatch(form);
    const parts = (tokens[0] as string).split(/\D/);
    const iso = value.startsWith('2024')
      ? parts
      : value.startsWith('29')
        ? parts.toReversed()
        : [parts[2], parts[0], parts[1]];
    expect(iso.join('-')).toBe(tokens[1]);
  });

  test('has a token of its own in the range, never a skipped day', () => {
    const column = EDGES.concat(rangeSample(97));
    const { tokens, values } = roundTrip(date(), column);
    expect(values).toEqual(column);
    expect(new Set(tokens).size).toBe(new Set(column).size);
    const outside = tokens.filter((token) => (token as string) < '0600-01-01' || (token as string) > '3337-11-27');
    expect(outside.concat(tokens.filter((token) => SKIPPED.includes(token as string)))).toEqual([]);
  });

  test('is its rank in two numerals of radix 1000 through FF1', () => {
    const [high, low] = reference.encrypt(reference.aes(fixedKey()), 1000, new Uint8Array(0), [0, 41]);
    const rank = high! * 1000 + low!;
    const gap = numberOf('1582-10-05') > dateOfDay(rank) ? 0 : 10;
    expect(date().protect(['0600-02-11'], undefined).column).toEqual([written(dateOfDay(rank + gap))]);
  });

  const wrongForms = [
    '2024-2-29',
    '24-02-29',
    '20240229',
    '2024-02/29',
    '2024 02 29',
    '2024:02:29',
    '2024-02-2a',
    'a024-02-29',
    '2024-02-29 ',
    ' 2024-02-29',
    '29-02-2024',
    '29.02/2024',
    '02.29/2024',
    '-024-02-29',
    '+024-02-29',
    '２０２４-02-29',
    '2024-02-29 00:00:00',
    '12345-02-29',
    'x',
    '2024-02-299',
  ];
  test.each(wrongForms)('is not %j', (text) => {
    expect(refusalOf(() => date().protect([null, '', text], undefined))).toEqual({ code: 'DATE_FORMAT', row: 2 });
    expect(refusalOf(() => date().unprotect([null, '', text], undefined))).toEqual({ code: 'DATE_FORMAT', row: 2 });
  });

  const wrongDates = [
    '2023-02-29',
    '1900-02-29',
    '2024-02-30',
    '2024-04-31',
    '2024-13-01',
    '2024-00-01',
    '2024-01-00',
    '2024-01-32',
    '31/04/2024',
    '02/29/2024',
    '29.02.2024',
    '0599-12-31',
    '0000-01-01',
    '0001-01-01',
    '3337-11-28',
    '3337-12-01',
    '3338-01-01',
    '9999-12-31',
    ...SKIPPED,
  ];
  test.each(['none', 'year', 'month'])(
    'with %s in clear is refused outside of the calendar and the range',
    (dateInClear) => {
      for (const text of wrongDates) {
        const method = date({ dateInClear });
        expect([text, refusalOf(() => method.protect(['2024-01-01', text], undefined))]).toEqual([
          text,
          { code: 'DATE_INPUT', row: 1 },
        ]);
        expect([text, refusalOf(() => method.unprotect(['2024-01-01', text], undefined))]).toEqual([
          text,
          { code: 'DATE_INPUT', row: 1 },
        ]);
      }
    },
  );
});

describe.each([
  ['date', date],
  ['datetime', datetime],
])('a %s element', (_type, make) => {
  test('leaves NULL and the empty string, and refuses other cells than text', () => {
    expect(make().protect([null, '', null], undefined)).toEqual({
      column: [null, '', null],
      weakCount: 0,
      clearCount: 0,
    });
    for (const cell of [20_240_229, true]) {
      expect(refusalOf(() => make().protect([null, cell], undefined))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
    }
  });

  test('takes no IV; an empty one is none', () => {
    expect(refusalOf(() => make().protect(['2024-02-29'], 'iv')).code).toBe('IV_NOT_ALLOWED');
    expect(refusalOf(() => make().unprotect(['2024-02-29'], 'iv')).code).toBe('IV_NOT_ALLOWED');
    expect(make().protect(['2024-02-29'], '')).toEqual(make().protect(['2024-02-29'], undefined));
  });

  test('has another token under another element', () => {
    expect(make({}, 'other').protect(EDGES, undefined).column).not.toEqual(make().protect(EDGES, undefined).column);
  });

  test.each([
    ['none', 0],
    ['year', EDGES.length],
    ['month', EDGES.length],
  ])('with %s in clear comes back at all edges, %d of them weak', (dateInClear, weakCount) => {
    const method = make({ dateInClear });
    const { tokens, values } = roundTrip(method, EDGES);
    expect(values).toEqual(EDGES);
    expect(new Set(tokens).size).toBe(EDGES.length);
    expect(method.protect([null, '', ...EDGES], undefined).weakCount).toBe(weakCount);
    expect(method.unprotect([null, '', ...tokens], undefined).weakCount).toBe(weakCount);
    const clear = (text: unknown): string =>
      dateInClear === 'none' ? '' : dateInClear === 'year' ? String(text).slice(0, 4) : String(text).slice(5, 7);
    expect(tokens.map(clear)).toEqual(EDGES.map(clear));
  });

  test('refuses distinguishable dates with a part in clear', () => {
    for (const dateInClear of ['year', 'month']) {
      expect(refusalOf(() => make({ distinguishable: true, dateInClear })).code).toBe('ELEMENT_UNFIT');
    }
  });

  test('with distinguishable tokens has tokens from 3337-11-28 to 6075-10-24 and unprotects no others', () => {
    const method = make({ distinguishable: true });
    const { tokens, values } = roundTrip(method, EDGES);
    expect(values).toEqual(EDGES);
    expect(
      tokens.filter((token) => numberOf(token as string) < 33_371_128 || numberOf(token as string) > 60_751_024),
    ).toEqual([]);
    const first = method.unprotect(['3337-11-28', '6075-10-24'], undefined).column;
    expect(method.protect(first, undefined).column).toEqual(['3337-11-28', '6075-10-24']);
    for (const stranger of ['3337-11-27', '6075-10-25', '2024-02-29', '0600-01-01', '9999-12-31', '0000-01-01']) {
      expect(refusalOf(() => method.unprotect([stranger], undefined))).toEqual({ code: 'DATE_INPUT', row: 0 });
    }
  });

  test('never becomes one of the ten distinguishable dates of the skipped days, nor unprotects one', () => {
    const method = make({ distinguishable: true });
    const first = (Date.UTC(1582, 9, 5) - Date.UTC(600, 0, 1)) / 86_400_000;
    expect(dateOfDay(first)).toBe(15_821_005);
    const none = Array.from({ length: 10 }, (_, i) => written(dateOfDay(first + RANGE_DAYS + i)));
    for (const token of none) expect(refusalOf(() => method.unprotect([token], undefined)).code).toBe('DATE_INPUT');
  });
});

describe('a part in clear', () => {
  test.each([
    [600, 365],
    [1582, 355],
    [2024, 366],
    [3337, 331],
  ])('in year %d permutes its %d days among themselves', (year, days) => {
    const column = Array.from({ length: 366 }, (_, i) => new Date(Date.UTC(year, 0, 1 + i)))
      .filter((day) => day.getUTCFullYear() === year)
      .map((day) => `${String(year).padStart(4, '0')}-${day.toISOString().slice(5, 10)}`)
      .filter((day) => !SKIPPED.includes(day) && day <= '3337-11-27');
    const { tokens, values } = roundTrip(date({ dateInClear: 'year' }), column);
    expect(column).toHaveLength(days);
    expect(values).toEqual(column);
    expect(new Set(tokens)).toEqual(new Set(column));
  });

  test('permutes the dates of a month among themselves', () => {
    const column = EDGES.concat(rangeSample(101));
    const { tokens, values } = roundTrip(date({ dateInClear: 'month' }), column);
    expect(values).toEqual(column);
    expect(tokens.map((token) => String(token).slice(5, 7))).toEqual(column.map((value) => value.slice(5, 7)));
    expect(new Set(tokens).size).toBe(new Set(column).size);
    expect(tokens.filter((token) => SKIPPED.includes(token as string))).toEqual([]);
  });

  test('changes the permutation, even between years of equal length and months of equal size', () => {
    const years = date({ dateInClear: 'year' }).protect(['2021-03-04', '2022-03-04', '2023-03-04'], undefined).column;
    expect(new Set(years.map((token) => String(token).slice(5))).size).toBeGreaterThan(1);
    const months = date({ dateInClear: 'month' }).protect(['2021-01-04', '2021-03-04', '2021-05-04'], undefined).column;
    expect(new Set(months.map((token) => String(token).replace(/-\d\d-/, '-'))).size).toBeGreaterThan(1);
  });

  test('is bound by its digits in every text form', () => {
    const aes = reference.aes(fixedKey());
    let numerals = [3, 3]; // the 64th day of a year, 20 · 3 + 3
    do
      numerals = reference.encrypt(
        aes,
        20,
        tweakOf(Buffer.from('2023'), new Uint8Array(0), new Uint8Array(0)),
        numerals,
      );
    while (numerals[0]! * 20 + numerals[1]! >= 365);
    const day = new Date(Date.UTC(2023, 0, 1 + numerals[0]! * 20 + numerals[1]!)).toISOString().slice(0, 10);
    const [, mm, dd] = day.split('-');
    const method = date({ dateInClear: 'year' });
    expect(method.protect(['2023-03-05', '05/03/2023', '03.05.2023'], undefined).column).toEqual([
      day,
      `${dd}/${mm}/2023`,
      `${mm}.${dd}.2023`,
    ]);
  });
});

const form = (text: unknown): string => String(text).slice(0, 19).replaceAll(/\d/g, '0') + String(text).slice(19);

const timeOf = (text: unknown): string => String(text).slice(11, 19);

describe('a datetime', () => {
  const values = ['-', '/', '.'].flatMap((separator) =>
    ['2024-02-29', '0600-01-01', '3337-11-27'].flatMap((day) =>
      [' ', 'T'].flatMap((between) =>
        TIMES.flatMap((time) =>
          TAILS.flatMap((tail) =>
            OFFSETS.map((offset) => `${day.replaceAll('-', separator)}${between}${time}${tail}${offset}`),
          ),
        ),
      ),
    ),
  );

  test.each([
    {},
    { tokenizeTime: true },
    { distinguishable: true },
    { distinguishable: true, tokenizeTime: true },
    { dateInClear: 'year', tokenizeTime: true },
    { dateInClear: 'month', tokenizeTime: true },
  ])('with %j keeps every documented text form', (options) => {
    const method = datetime(options);
    const { tokens, values: back } = roundTrip(method, values);
    expect(back).toEqual(values);
    expect(tokens.map(form)).toEqual(values.map(form));
    const changed = tokens.filter((token, i) => timeOf(token) !== timeOf(values[i]));
    expect(changed.length > 0).toBe('tokenizeTime' in options);
    expect(tokens.map(timeOf).filter((time) => !/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time))).toEqual([]);
  });

  test('with its time in clear has the token day of the date alone', () => {
    const { column } = datetime().protect(
      ['2024-02-29', '2024-02-29 23:59:59', '2024-02-29T00:00:00.123+01:00'],
      undefined,
    );
    expect(new Set(column.map((token) => String(token).slice(0, 10))).size).toBe(1);
    expect(column.map((token) => String(token).slice(10))).toEqual(['', ' 23:59:59', 'T00:00:00.123+01:00']);
  });

  test('with its time tokenized has another token day each second', () => {
    const column = Array.from({ length: 60 }, (_, i) => `2024-02-29 00:00:${String(i).padStart(2, '0')}`);
    const { tokens } = roundTrip(datetime({ tokenizeTime: true }), column);
    expect(new Set(tokens.map((token) => String(token).slice(0, 10))).size).toBeGreaterThan(50);
  });

  test('with a tokenized time is strong despite a clear part, and a date alone stays weak', () => {
    const column = ['2024-02-29 00:00:00', '2024-02-29'];
    for (const dateInClear of ['year', 'month']) {
      expect(datetime({ dateInClear, tokenizeTime: true }).protect(column, undefined).weakCount).toBe(1);
      expect(datetime({ dateInClear }).protect(column, undefined).weakCount).toBe(2);
    }
  });

  test.each([
    '2024-02-29 24:00:00',
    '2024-02-29 23:60:00',
    '2024-02-29 23:59:60',
    '2024-02-29 2:00:000',
    '2024-02-29 23.59.59',
    '2024-02-29-23:59:59',
    '2024-02-29 ',
    '2024-02-29 23:59:59.',
    '2024-02-29 23:59:59.1234567890',
    '2024-02-29 23:59:59;123',
    '2024-02-29 23:59:59.12a',
    '2024-02-29 23:59:59+1:00',
    '2024-02-29 23:59:59+24:00',
    '2024-02-29 23:59:59+01:60',
    '2024-02-29 23:59:59+01-00',
    '2024-02-29 23:59:59+01:000',
    '2024-02-29 2a:59:59',
  ])('is refused for the time of %j', (text) => {
    for (const tokenizeTime of [false, true]) {
      const method = datetime({ tokenizeTime });
      expect(refusalOf(() => method.protect(['2024-02-29', text], undefined))).toEqual({ code: 'TIME_FORMAT', row: 1 });
      expect(refusalOf(() => method.unprotect(['2024-02-29', text], undefined))).toEqual({
        code: 'TIME_FORMAT',
        row: 1,
      });
    }
  });

  test.each(['29/02/2024', '02.29.2024', '29/02/2024 00:00:00', '2024-02-2', '2024-02/29 00:00:00', '20240229T000000'])(
    'is refused for the date of %j',
    (text) => {
      expect(refusalOf(() => datetime().protect([text], undefined))).toEqual({ code: 'DATE_FORMAT', row: 0 });
    },
  );

  test('is never a skipped day, as value or token', () => {
    for (const options of [{}, { tokenizeTime: true }]) {
      for (const day of SKIPPED) {
        expect(refusalOf(() => datetime(options).protect([`${day} 12:00:00`], undefined)).code).toBe('DATE_INPUT');
      }
    }
  });
});

const files = (['date', 'datetime'] as const).flatMap((type) => {
  const { elementId, sets } = readTokens(type);
  return sets.map((set) => ({ type, elementId, set, options: set.options }));
});
test.each(files)(
  'committed tokens of a $type with $options are written and read unchanged',
  ({ type, elementId, set }) => {
    const options = { id: elementId, ...set.options };
    const context = fixedKeyContext(elementId);
    const method =
      type === 'date'
        ? compileDate(elementOf('date', options), context)
        : compileDatetime(elementOf('datetime', options), context);
    const [values, tokens] = [set.pairs.map(([value]) => value), set.pairs.map(([, token]) => token)];
    expect(method.protect(values, undefined).column).toEqual(tokens);
    expect(method.unprotect(tokens, undefined).column).toEqual(values);
  },
);

import { describe, expect, test } from '@jest/globals';
import { compileDate, compileDatetime } from '../../../../lib/protect/methods/date/date.ts';
import type { Method } from '../../../../lib/protect/methods/method.ts';
import { RefusedError } from '../../../../lib/protect/refusal.ts';
import { reasonOf } from '../../../../lib/protect/refusal-text.ts';
import { elementOf, fixedKeyContext, refusalOf, roundTrip } from '../../../support/fixed-key.ts';

const date = (options: object = {}): Method => compileDate(elementOf('date', options), fixedKeyContext());
const datetime = (options: object = {}): Method => compileDatetime(elementOf('datetime', options), fixedKeyContext());

const reason = (method: Method, value: string, direction: 'protect' | 'unprotect' = 'protect'): string => {
  try {
    method[direction]([value], undefined);
  } catch (error) {
    if (error instanceof RefusedError) return reasonOf(error);
    throw error;
  }
  return 'taken';
};

const between = (text: unknown): string => String(text).replaceAll(/\d/g, '0');

describe('a datetime as its writer prints it comes back exactly, its token in the same form', () => {
  test.each([
    ['one digit of a fraction: Redshift, DuckDB, JDBC', '2016-05-27 00:27:41.1'],
    ['two digits', '2016-05-27 00:27:41.12'],
    ['four digits', '2016-05-27 00:27:41.1234'],
    ['five digits', '2016-05-27 00:27:41.12345'],
    ['seven digits', '2016-05-27 00:27:41.1234567'],
    ['eight digits', '2016-05-27 00:27:41.12345678'],
    ['nine digits', '2016-05-27 00:27:41.123456789'],
    ['a decimal comma: ISO 8601', '2016-05-27T00:27:41,5'],
    ['Z: ISO 8601, logs, pandas', '2016-05-27T00:27:41Z'],
    ['Z after a fraction', '2016-05-27T00:27:41.123Z'],
    ['Z after a blank', '2016-05-27 00:27:41.000 Z'],
    ['lower-case letters: RFC 3339', '2016-05-27t00:27:41z'],
    ['hours of a zone: DuckDB, PostgreSQL, Redshift', '2016-05-27 00:27:41+00'],
    ['hours of a zone in the west', '2016-05-27 00:27:41.25-11'],
    ['hours and minutes of a zone', '2016-05-27 00:27:41.5+05:30'],
    ['four digits of a zone', '2016-05-27 00:27:41-0700'],
    ['a blank before the zone: Snowflake', '2016-05-27 00:27:41.000 -0700'],
    ['a blank before a zone with a colon', '2016-05-27 00:27:41 +01:00'],
    ['a zone before 1900: PostgreSQL', '1883-11-18 12:03:58-04:56:02'],
    ['a zone by name: BigQuery', '2016-05-27 00:27:41.5 UTC'],
    ['no seconds', '2016-05-27 00:27'],
    ['no seconds, after T: web forms', '2016-05-27T00:27'],
    ['no seconds and a zone', '2016-05-27T00:27-0330'],
    ['no seconds and Z', '2016-05-27 00:27 Z'],
    ['other separators', '2016/05/27 00:27:41.1Z'],
  ])('%s', (_, value) => {
    for (const options of [{}, { tokenizeTime: true }, { tokenizeTime: true, dateInClear: 'month' }]) {
      const { tokens, values } = roundTrip(datetime(options), [value, '2001-09-09 01:46:40']);
      expect(values).toEqual([value, '2001-09-09 01:46:40']);
      expect(between(tokens[0])).toBe(between(value));
      expect(String(tokens[0]).slice(0, 10)).not.toBe(value.slice(0, 10));
      const seconds = /^.{10}.\d\d:\d\d(:\d\d)?/.exec(value)![0].length;
      expect(String(tokens[0]).slice(seconds)).toBe(value.slice(seconds));
      const stays = String(tokens[0]).slice(10, seconds) === value.slice(10, seconds);
      expect(stays).toBe(!('tokenizeTime' in options));
    }
  });

  test('with a token day that the zone, the fraction and absent seconds do not change', () => {
    const values = ['2016-05-27', '2016-05-27T00:27Z', '2016-05-27 00:27:41.1 -0700', '2016/05/27 00:27:41+05:30'];
    const { column } = datetime().protect(values, undefined);
    expect(new Set(column.map((token) => String(token).slice(0, 10).replaceAll('/', '-'))).size).toBe(1);
  });

  test('with a token minute of its own where it has no seconds', () => {
    const minutes = Array.from({ length: 1440 }, (_, i) => {
      const [hour, minute] = [Math.floor(i / 60), i % 60].map((part) => String(part).padStart(2, '0'));
      return `2016-05-27 ${hour}:${minute}`;
    });
    const { tokens, values } = roundTrip(datetime({ tokenizeTime: true }), minutes);
    expect(values).toEqual(minutes);
    expect(new Set(tokens).size).toBe(1440);
    expect(tokens.filter((token) => !/^\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d$/.test(String(token)))).toEqual([]);
  });
});

const TIMES =
  'value has a time form that the element does not take (forms taken: HH:MM to 23:59, HH:MM:SS to 23:59:59, HH:MM:SS.F with 1 to 9 digits F, each after T or a blank, each with no zone or Z, UTC, ±HH, ±HHMM, ±HH:MM or ±HH:MM:SS)';

describe('a datetime is refused, and the reason lists the forms, for', () => {
  test.each([
    ['the end of a day as hour 24', '2016-05-27 24:00:00'],
    ['the end of a day without seconds', '2016-05-27T24:00'],
    ['a leap second', '2016-12-31 23:59:60'],
    ['an hour alone', '2016-05-27T00'],
    ['an hour with a zone', '2016-05-27T00Z'],
    ['a fraction of a minute', '2016-05-27 00:27.5'],
    ['a fraction without digits', '2016-05-27 00:27:41.'],
    ['a fraction without digits before a zone', '2016-05-27 00:27:41.Z'],
    ['ten digits of a fraction', '2016-05-27 00:27:41.1234567890'],
    ['a fraction of two digits after a blank', '2016-05-27 00:27:41 12'],
    ['a fraction after a blank without seconds', '2016-05-27 00:27 123'],
    ['half a day', '2016-05-27 11:59:59 PM'],
    ['a zone of a date', '2016-05-27Z'],
    ['an offset of a date', '2016-05-27+02:00'],
    ['a zone of one digit', '2016-05-27 00:27:41+1'],
    ['a zone of three digits', '2016-05-27 00:27:41+530'],
    ['a zone with seconds without colons', '2016-05-27 00:27:41-045602'],
    ['a zone beyond 23 hours', '2016-05-27 00:27:41+24'],
    ['a zone of 60 minutes', '2016-05-27 00:27:41+0060'],
    ['a zone of 60 seconds', '2016-05-27 00:27:41+00:00:60'],
    ['a zone of dots', '2016-05-27 00:27:41+05.30'],
    ['a zone of letters', '2016-05-27 00:27:41 CET'],
    ['a zone by place', '2016-05-27 00:27:41 Europe/Berlin'],
    ['UTC in lower case', '2016-05-27 00:27:41 utc'],
    ['UTC without a blank', '2016-05-27 00:27:41UTC'],
    ['two zones', '2016-05-27 00:27:41ZZ'],
    ['a zone in brackets', '2016-05-27T00:27:41Z[UTC]'],
    ['two blanks before the zone', '2016-05-27 00:27:41  Z'],
    ['two blanks before the time', '2016-05-27  00:27:41'],
    ['a mathematical minus', '2016-05-27 00:27:41−05:30'],
    ['digits of another script', '2016-05-27 ００:27:41'],
    ['one digit of a second', '2016-05-27 00:27:4'],
    ['one digit of a minute', '2016-05-27 00:2'],
    ['the letter of another time', '2016-05-27S00:27:41'],
    ['a control character', '2016-05-27\u000000:27:41'],
  ])('%s', (_, value) => {
    for (const options of [{}, { tokenizeTime: true }]) {
      expect(refusalOf(() => datetime(options).protect([null, value], undefined))).toEqual({
        code: 'TIME_FORMAT',
        row: 1,
      });
      expect(refusalOf(() => datetime(options).unprotect([null, value], undefined))).toEqual({
        code: 'TIME_FORMAT',
        row: 1,
      });
    }
    expect(reason(datetime(), value)).toBe(TIMES);
  });

  test('blanks at either end, which the reason names', () => {
    const blank = '; it begins or ends with a blank)';
    expect(reason(datetime(), '2016-05-27 00:27:41 ')).toBe(TIMES.replace(/\)$/, blank));
    expect(reason(datetime(), '2016-05-27 ')).toBe(TIMES.replace(/\)$/, blank));
    expect(reason(datetime(), ' 2016-05-27 00:27:41')).toBe(
      `value has a date form that the element does not take (forms taken: YYYY-MM-DD, YYYY/MM/DD, YYYY.MM.DD${blank}`,
    );
  });

  test('a cut form that the next value of the column would complete', () => {
    const cut = [
      ['2016-05-2', '7', 'DATE_FORMAT'],
      ['2016-05-27 00:2', '7', 'TIME_FORMAT'],
      ['2016-05-27 00:27:', '41', 'TIME_FORMAT'],
      ['2016-05-27 00:27:4', '1', 'TIME_FORMAT'],
      ['2016-05-27 00:27:41.', '5', 'TIME_FORMAT'],
      ['2016-05-27 00:27:41+0', '1', 'TIME_FORMAT'],
      ['2016-05-27 00:27:41 ', 'Z', 'TIME_FORMAT'],
      ['2016-05-27 00:27:41+01:', '00', 'TIME_FORMAT'],
    ];
    for (const [value, next, code] of cut) {
      expect(refusalOf(() => datetime().protect([value!, next!], undefined))).toEqual({ code, row: 0 });
    }
  });

  test('no whole form that the next value of the column could continue', () => {
    for (const value of ['2016-05-27', '2016-05-27 00:27', '2016-05-27 00:27:41', '2016-05-27 00:27:41.5+05']) {
      for (const next of [':30', '.5', ' 00:27', 'Z', '00', ':00', ' UTC']) {
        expect(refusalOf(() => datetime().protect([value, next], undefined))).toEqual({ code: 'DATE_FORMAT', row: 1 });
      }
    }
  });
});

const YEAR_FIRST = 'YYYY-MM-DD, YYYY/MM/DD, YYYY.MM.DD';
const forms = (list: string, hint = ''): string =>
  `value has a date form that the element does not take (forms taken: ${list}${hint})`;
const NAME_ORDER = '; with the option dateOrder also dates that end with the year';
const RANGE = 'dates taken: 0600-01-01 to 3337-11-27, without 1582-10-05 to 1582-10-14';
const outside = (read = ''): string => `value is not a date of the range that the element takes (${RANGE}${read})`;

describe('the reason to refuse a date', () => {
  test.each<[string, Method, string, string]>([
    [
      'names the element type that takes a time',
      date(),
      '2016-05-27 00:00:00',
      forms(`${YEAR_FIRST}, DD/MM/YYYY, MM.DD.YYYY`, '; a time follows the date: element type datetime takes it'),
    ],
    [
      'names it for a time with a zone',
      date({ dateOrder: 'mdy' }),
      '05/27/2016T00:27Z',
      forms(
        `${YEAR_FIRST}, MM-DD-YYYY, MM/DD/YYYY, MM.DD.YYYY`,
        '; a time follows the date: element type datetime takes it',
      ),
    ],
    [
      'does not name it where what follows is no time',
      date(),
      '2016-05-27 24:00:00',
      forms(`${YEAR_FIRST}, DD/MM/YYYY, MM.DD.YYYY`),
    ],
    [
      'says that the day was read first',
      date(),
      '05/27/2016',
      outside('; read as DD/MM/YYYY, because the element has no dateOrder'),
    ],
    [
      'says that the month was read first',
      date(),
      '27.05.2016',
      outside('; read as MM.DD.YYYY, because the element has no dateOrder'),
    ],
    ['says which order the element names', date({ dateOrder: 'dmy' }), '05-27-2016', outside('; read as DD-MM-YYYY')],
    ['says nothing about the order of a date that begins with the year', date(), '2016-27-05', outside()],
    ['offers dateOrder for hyphens', date(), '27-05-2016', forms(`${YEAR_FIRST}, DD/MM/YYYY, MM.DD.YYYY`, NAME_ORDER)],
    ['offers dateOrder for a datetime', datetime(), '05/27/2016 00:27:41', forms(YEAR_FIRST, NAME_ORDER)],
    ['offers no dateOrder where there is one', datetime({ dateOrder: 'ymd' }), '05/27/2016', forms(YEAR_FIRST)],
    [
      'names the range of the element',
      date({ range: { from: '1900-01-01', to: '2026-12-31' } }),
      '1899-12-31',
      'value is not a date of the range that the element takes (dates taken: 1900-01-01 to 2026-12-31)',
    ],
  ])('%s', (_, method, value, expected) => {
    expect(reason(method, value)).toBe(expected);
  });

  test('names the range of tokens where a token is refused', () => {
    const method = date({ distinguishable: true });
    expect(reason(method, '2016-05-27', 'unprotect')).toBe(
      'value is not a date of the range that the element takes (dates taken: 3337-11-28 to 6075-10-24)',
    );
  });

  test.each([
    ['a year of five digits', '10000-01-01'],
    ['a signed year', '+2016-05-27'],
    ['a year of two digits', '16-05-27'],
    ['a year of two digits at the end', '05/27/16'],
    ['no separators', '20160527'],
    ['a day of the year', '2016-148'],
    ['a week', '2016-W21-5'],
    ['a month by name', '27-May-2016'],
    ['a month by name in capitals', '27-MAY-16'],
    ['days and months of one digit', '5/7/2016'],
    ['a blank at the end', '2016-05-27 '],
    ['a blank at the beginning', ' 2016-05-27'],
    ['an era', '0044-03-15 BC'],
    ['no end', 'infinity'],
    ['a number of days', '42517'],
    ['mixed separators', '2016-05/27'],
    ['digits of another script', '２０１６-05-27'],
  ])('lists the forms for %s', (_, value) => {
    for (const method of [date(), date({ dateOrder: 'dmy' }), date({ dateOrder: 'mdy' })]) {
      expect(refusalOf(() => method.protect(['', value], undefined))).toEqual({ code: 'DATE_FORMAT', row: 1 });
      expect(reason(method, value)).toContain(`forms taken: ${YEAR_FIRST}, `);
    }
  });
});

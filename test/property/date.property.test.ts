import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dateOfDay, dayOfRank, RANGE_RANKS } from '../../lib/policy/calendar.ts';
import { compileDate, compileDatetime } from '../../lib/protect/methods/date/date.ts';
import { codePoint } from '../support/code-point.ts';
import { bothOutcomes, elementOf, fixedKeyContext, undocumented } from '../support/fixed-key.ts';

const two = (value: number): string => String(value).padStart(2, '0');
const four = (value: number): string => String(value).padStart(4, '0');

/** Every date of the range, the ends more often. */
const parts = fc
  .oneof(
    fc.integer({ min: 0, max: RANGE_RANKS - 1 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: RANGE_RANKS - 400, max: RANGE_RANKS - 1 }),
  )
  .map((rank) => dateOfDay(dayOfRank(rank)))
  .map((date) => [four(Math.floor(date / 10_000)), two(Math.floor(date / 100) % 100), two(date % 100)] as const);

const yearFirst = fc
  .tuple(parts, fc.constantFrom('-', '/', '.'))
  .map(([[year, month, day], separator]) => [year, month, day].join(separator));
const anyDate = fc.oneof(
  yearFirst,
  parts.map(([year, month, day]) => `${day}/${month}/${year}`),
  parts.map(([year, month, day]) => `${month}.${day}.${year}`),
);

const number = (max: number) => fc.integer({ min: 0, max }).map(two);
const digits = fc.nat({ max: 999_999_999 }).map((value) => String(value).padStart(9, '0'));
const fraction = fc.oneof(
  fc
    .tuple(fc.constantFrom('.', ','), fc.integer({ min: 1, max: 9 }), digits)
    .map(([mark, length, all]) => mark + all.slice(0, length)),
  fc.tuple(fc.constantFrom(3, 6, 9), digits).map(([length, all]) => ` ${all.slice(0, length)}`),
);
const offset = fc
  .tuple(fc.constantFrom('+', '-'), number(23), number(59), number(59), fc.constantFrom(3, 5, 6, 9))
  .map(([sign, hours, minutes, seconds, length]) =>
    length === 5 ? `${sign}${hours}${minutes}` : `${sign}${hours}:${minutes}:${seconds}`.slice(0, length),
  );
const zone = fc.oneof(
  fc.constant(' UTC'),
  fc
    .tuple(fc.constantFrom('', ' '), fc.oneof(offset, fc.constantFrom('Z', 'z')))
    .map(([blank, shown]) => blank + shown),
);
const seconds = fc.tuple(number(59), fc.option(fraction, { nil: '' })).map(([second, rest]) => `:${second}${rest}`);
const time = fc
  .tuple(
    fc.constantFrom(' ', 'T', 't'),
    number(23),
    number(59),
    fc.option(seconds, { nil: '' }),
    fc.option(zone, { nil: '' }),
  )
  .map(([between, hour, minute, ...rest]) => `${between}${hour}:${minute}${rest.join('')}`);
const anyDatetime = fc.tuple(yearFirst, fc.option(time, { nil: '' })).map((both) => both.join(''));

const options = fc.oneof(
  fc.record({ dateInClear: fc.constantFrom('none', 'year', 'month') }),
  fc.constant({ distinguishable: true }),
);
/** The value with its date, hours, minutes and seconds as zeros: what a token keeps. */
const form = (text: unknown): string =>
  String(text).replace(/^.{10}(?:.\d\d:\d\d(?::\d\d)?)?/, (start) => start.replaceAll(/\d/g, '0'));

describe('in any column and with any options', () => {
  test('dates come back, in tokens of their form', () => {
    fc.assert(
      fc.property(options, fc.array(fc.option(anyDate)), (chosen, column) => {
        const method = compileDate(elementOf('date', chosen), fixedKeyContext());
        const tokens = method.protect(column, undefined).column;
        expect(method.unprotect(tokens, undefined).column).toEqual(column);
        expect(tokens.map(form)).toEqual(column.map(form));
      }),
    );
  });

  test('datetimes come back, in tokens of their form that are datetimes of the range', () => {
    fc.assert(
      fc.property(options, fc.boolean(), fc.array(fc.option(anyDatetime)), (chosen, tokenizeTime, column) => {
        const method = compileDatetime(elementOf('datetime', { ...chosen, tokenizeTime }), fixedKeyContext());
        const tokens = method.protect(column, undefined).column;
        expect(method.unprotect(tokens, undefined).column).toEqual(column);
        expect(tokens.map(form)).toEqual(column.map(form));
      }),
    );
  });
});

/** Writes the date at a rank. */
const iso = (rank: number): string => {
  const date = dateOfDay(dayOfRank(rank));
  return `${four(Math.floor(date / 10_000))}-${two(Math.floor(date / 100) % 100)}-${two(date % 100)}`;
};

/** Writes an ISO date in the order, or with the year first. */
const shown = (date: string, dateOrder: string, separator: string, yearLast: boolean): string => {
  const [year, month, day] = date.split('-');
  if (!yearLast) return [year, month, day].join(separator);
  return (dateOrder === 'dmy' ? [day, month, year] : [month, day, year]).join(separator);
};
/** Reads such a date. */
const isoOf = (text: string, dateOrder: string): string => {
  const fields = text.slice(0, 10).split(/[-/.]/);
  if (fields[0]!.length === 4) return fields.join('-');
  const [first, second, year] = fields;
  return (dateOrder === 'dmy' ? [year, second, first] : [year, first, second]).join('-');
};

/** Dates of a range of 100 days or more, some of them to stay clear, in an order of day and month. */
const narrowed = fc
  .record({
    first: fc.integer({ min: 0, max: RANGE_RANKS - 100 }),
    length: fc.oneof(fc.integer({ min: 100, max: 2000 }), fc.integer({ min: 100, max: RANGE_RANKS })),
    clear: fc.array(fc.nat(), { maxLength: 4 }),
    dateInClear: fc.constantFrom('none', 'year', 'month'),
    dateOrder: fc.constantFrom('dmy', 'mdy'),
    ranged: fc.boolean(),
  })
  .chain(({ first, length, clear, dateInClear, dateOrder, ranged }) => {
    const last = Math.min(RANGE_RANKS - 1, first + length - 1);
    const within = (rank: number): number => first + (rank % (last - first + 1));
    const staysClear = [...clear.map((rank) => iso(within(rank))), '9999-12-31'];
    const range = ranged ? { range: { from: iso(first), to: iso(last) } } : { range: undefined };
    const day = fc.oneof(
      fc.integer({ min: first, max: last }).map(iso),
      fc.constantFrom(iso(first), iso(last), ...staysClear),
    );
    return fc.record({
      chosen: fc.constant({ dateInClear, dateOrder, staysClear, ...range }),
      bounds: fc.constant({ from: '0600-01-01', to: '3337-11-27', ...range.range }),
      column: fc.array(fc.tuple(day, fc.constantFrom('-', '/', '.'), fc.boolean(), fc.option(time, { nil: '' }))),
    });
  });

describe('with a range, an order and dates that stay clear', () => {
  test('values come back, tokens lie in the range, and only values that stay are dates that stay', () => {
    fc.assert(
      fc.property(narrowed, fc.boolean(), ({ chosen, bounds, column }, tokenizeTime) => {
        const values = column.map(
          ([day, separator, yearLast, rest]) => shown(day, chosen.dateOrder, separator, yearLast) + rest,
        );
        const method = compileDatetime(elementOf('datetime', { ...chosen, tokenizeTime }), fixedKeyContext());
        const { column: tokens, clearCount } = method.protect(values, undefined);
        expect(method.unprotect(tokens, undefined)).toMatchObject({ column: values, clearCount });
        expect(tokens.map(form)).toEqual(values.map(form));
        const days = tokens.map((token) => isoOf(String(token), chosen.dateOrder));
        const stay = days.filter((day) => chosen.staysClear.includes(day));
        expect(stay).toEqual(column.map(([day]) => day).filter((day) => chosen.staysClear.includes(day)));
        expect(clearCount).toBe(stay.length);
        const outside = days.filter((day) => day < bounds.from || day > bounds.to);
        expect(outside.filter((day) => day !== '9999-12-31')).toEqual([]);
      }),
    );
  });

  test('every date that tokens can be unprotects to a value with that token', () => {
    fc.assert(
      fc.property(narrowed, ({ chosen, column }) => {
        const method = compileDate(elementOf('date', chosen), fixedKeyContext());
        const tokens = column.map(([day]) => day);
        expect(method.protect(method.unprotect(tokens, undefined).column, undefined).column).toEqual(tokens);
      }),
    );
  });
});

test('any text is refused with a documented code or comes back unchanged, both ways', () => {
  const damaged = fc
    .tuple(fc.oneof(anyDate, anyDatetime), fc.nat(), fc.string({ maxLength: 2 }), fc.integer({ min: 0, max: 2 }))
    .map(([text, place, put, cut]) => {
      const at = place % text.length;
      return text.slice(0, at) + put + text.slice(at + cut);
    });
  const text = fc.oneof(
    fc.string({ unit: codePoint }),
    damaged,
    fc.string({ unit: fc.constantFrom(...'0123456789-/.: T,+ZUtz'.split('')), maxLength: 37 }),
  );
  const anyOptions = fc.oneof(
    options,
    narrowed.map(({ chosen }) => chosen),
  );
  fc.assert(
    fc.property(anyOptions, fc.boolean(), text, (chosen, tokenizeTime, value) => {
      for (const method of [
        compileDate(elementOf('date', chosen), fixedKeyContext()),
        compileDatetime(elementOf('datetime', { ...chosen, tokenizeTime }), fixedKeyContext()),
      ]) {
        expect(undocumented(bothOutcomes(method, value), ['DATE_FORMAT', 'DATE_INPUT', 'TIME_FORMAT'])).toEqual([]);
      }
    }),
  );
});

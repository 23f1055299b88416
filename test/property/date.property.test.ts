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
const fraction = fc
  .tuple(fc.constantFrom('.', ',', ' '), fc.constantFrom(3, 6, 9), fc.nat({ max: 999_999_999 }))
  .map(([mark, digits, value]) => mark + String(value).padStart(9, '0').slice(0, digits));
const offset = fc
  .tuple(fc.constantFrom('+', '-'), number(23), number(59))
  .map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`);
const time = fc
  .tuple(
    fc.constantFrom(' ', 'T'),
    number(23),
    number(59),
    number(59),
    fc.option(fraction, { nil: '' }),
    fc.option(offset, { nil: '' }),
  )
  .map(([between, hour, minute, second, ...rest]) => `${between}${hour}:${minute}:${second}${rest.join('')}`);
const anyDatetime = fc.tuple(yearFirst, fc.option(time, { nil: '' })).map((both) => both.join(''));

const options = fc.oneof(
  fc.record({ dateInClear: fc.constantFrom('none', 'year', 'month') }),
  fc.constant({ distinguishable: true }),
);
const form = (text: unknown): string => String(text).slice(0, 19).replaceAll(/\d/g, '0') + String(text).slice(19);

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
    fc.string({ unit: fc.constantFrom(...'0123456789-/.: T,+'.split('')), maxLength: 37 }),
  );
  fc.assert(
    fc.property(options, fc.boolean(), text, (chosen, tokenizeTime, value) => {
      for (const method of [
        compileDate(elementOf('date', chosen), fixedKeyContext()),
        compileDatetime(elementOf('datetime', { ...chosen, tokenizeTime }), fixedKeyContext()),
      ]) {
        expect(undocumented(bothOutcomes(method, value), ['DATE_FORMAT', 'DATE_INPUT', 'TIME_FORMAT'])).toEqual([]);
      }
    }),
  );
});

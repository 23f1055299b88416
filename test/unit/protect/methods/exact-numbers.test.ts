import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Cell, ExactNumber } from '../../../../lib/base/cell.ts';
import { compileMethod } from '../../../../lib/protect/methods/registry.ts';
import { refusalOf } from '../../../support/alphabet-methods.ts';
import { elementOf, fixedKeyContext } from '../../../support/fixed-key.ts';

const exact = (text: string): ExactNumber => new ExactNumber(text);
const textOf = (cell: Cell | undefined): string => (cell as ExactNumber).text;
const numeric = compileMethod(elementOf('numeric', { shortData: 'error', leadingZero: 'preserve' }), fixedKeyContext());
const integer4 = compileMethod(elementOf('integer', { size: 4 }), fixedKeyContext());
const integer8 = compileMethod(elementOf('integer', { size: 8 }), fixedKeyContext());
const decimal = compileMethod(elementOf('decimal', { maxLength: 38 }), fixedKeyContext());
const alphaNumeric = compileMethod(elementOf('alpha-numeric', { shortData: 'error' }), fixedKeyContext());
const binary = compileMethod(elementOf('binary'), fixedKeyContext());

describe('exact numbers', () => {
  test('are written into JSON digit by digit', () => {
    const cells = [exact('12345678901234567890.10'), exact('-0'), exact('1E+400'), 'text', null];
    expect(JSON.stringify(cells)).toBe('[12345678901234567890.10,-0,1E+400,"text",null]');
  });

  test.each([
    ['numeric, 38 digits', numeric, '12345678901234567890123456789012345678'],
    ['8-byte integer', integer8, '-9223372036854775808'],
    ['decimal, 36 digits and trailing zeros', decimal, '-12345678901234567890123456789012345.600'.slice(0, 38)],
  ])('%s: a number has the token digits of its text, and comes back', (_, method, text) => {
    const { column } = method.protect([exact(text), text, null], undefined);
    expect(column[0]).toBeInstanceOf(ExactNumber);
    expect(textOf(column[0])).toBe(column[1]);
    expect(column[2]).toBeNull();
    expect(JSON.parse(JSON.stringify(column[0]))).toBe(Number(textOf(column[0])));
    expect(method.unprotect(column, undefined).column).toEqual([exact(text), text, null]);
  });

  test.each([
    ['numeric: a negative number', numeric, '-1234567', 'WRONG_DATATYPE'],
    ['numeric: a fraction', numeric, '1234567.5', 'WRONG_DATATYPE'],
    ['numeric: an exponent', numeric, '1e7', 'WRONG_DATATYPE'],
    ['8-byte integer: an exponent', integer8, '1e7', 'INTEGER_INVALID'],
    ['4-byte integer: a fraction with an exponent', integer4, '1e-7', 'INTEGER_INVALID'],
    ['4-byte integer: an exponent beyond 4 bytes', integer4, '1e21', 'INTEGER_4_RANGE'],
    ['integer: beyond 8 bytes', integer8, '9223372036854775808', 'INTEGER_8_RANGE'],
    ['decimal: an exponent and 15 digits', decimal, '1e14', 'NUMBER_UNFIT'],
    ['decimal: an exponent and 15 digits, most of them behind the point', decimal, '1e-14', 'NUMBER_UNFIT'],
    ['decimal: an exponent and 22 digits', decimal, '1e21', 'NUMBER_UNFIT'],
    ['decimal: a number of a billion digits', decimal, '1e999999999', 'DECIMAL_INVALID'],
    ['decimal: an exponent without end', decimal, `1e${'9'.repeat(400)}`, 'DECIMAL_INVALID'],
    ['text elements: any number', alphaNumeric, '12345678', 'WRONG_DATATYPE'],
    ['bytes: any number', binary, '12345678', 'WRONG_DATATYPE'],
  ])('%s is refused', (_, method, text, code) => {
    expect(refusalOf(() => method.protect([null, exact(text)], undefined))).toEqual({ code, row: 1 });
  });

  test.each([
    ['decimal', '1e-7', '0.0000001', decimal],
    ['decimal', '1E-7', '0.0000001', decimal],
    ['decimal', '1e13', '10000000000000', decimal],
    ['decimal', '1e-13', '0.0000000000001', decimal],
    ['decimal', '1000000000000000000000', '1000000000000000000000', decimal],
    ['decimal', '1E+2', '100', decimal],
    ['decimal', '-12.5e1', '-125', decimal],
    ['decimal', '1.50e1', '15.0', decimal],
    ['decimal', '-0.05e1', '-0.5', decimal],
    ['decimal', '0.5e2', '50', decimal],
    ['decimal', '-0', '-0', decimal],
    ['decimal', '-0e3', '-0', decimal],
    ['decimal', '0e-3', '0.000', decimal],
    ['decimal', '0.1', '0.1', decimal],
    ['decimal', '123456789012345678', '123456789012345678', decimal],
    ['decimal', '0.1234567890123456789', '0.1234567890123456789', decimal],
    ['integer', '1e7', '10000000', integer4],
    ['integer', '-2.147483648E+9', '-2147483648', integer4],
    ['integer', '9223372036854775807', '9223372036854775807', integer8],
    ['numeric', '123456789012345678', '123456789012345678', numeric],
  ])('%s takes %s as %s, which comes back', (_, written, text, method) => {
    const { column } = method.protect([exact(written), text], undefined);
    expect(textOf(column[0])).toBe(column[1]);
    const back = method.unprotect(column, undefined).column;
    expect(back).toEqual([exact(text), text]);
    expect(Number(text)).toBe(Number(written));
  });

  test('unprotect refuses the number token of a text that no number spells', () => {
    const [token] = decimal.protect(['007'], undefined).column;
    expect(refusalOf(() => decimal.unprotect([exact(token as string)], undefined))).toEqual({
      code: 'UNSAFE_NUMBER',
      row: 0,
    });
  });

  test('every whole number of 7 to 38 digits comes back digit by digit', () => {
    const digits = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.stringMatching(/^\d{6,37}$/))
      .map(([d, rest]) => `${d}${rest}`);
    fc.assert(
      fc.property(digits, (text) => {
        const { column } = numeric.protect([exact(text)], undefined);
        expect(textOf(column[0])).toMatch(/^[1-9]\d+$/);
        expect(textOf(numeric.unprotect(column, undefined).column[0])).toBe(text);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Cell, ExactNumber } from '../../lib/base/cell.ts';
import { type AnyColumn, cellsOf, PackedColumn } from '../../lib/protect/columns/packed-column.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';
import { parseBody, readSnowflakeBody } from '../../lib/wire/snowflake/body.ts';
import { scanBody } from '../../lib/wire/snowflake/scan-body.ts';
import { writeSnowflakeBody } from '../../lib/wire/snowflake/write-body.ts';
import { codePoint } from '../support/code-point.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);
const blank = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const anyText = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 40, size: 'max' }),
  fc.string(),
  fc.stringMatching(/^\d{3}-\d\d-\d{4}$/),
);
const texts = fc.array(fc.option(anyText), { maxLength: 120, size: 'max' });

/** A JSON string as some serialisers write it: `escape` makes escapes of letters that need none. */
function spelled(text: string, escape: boolean): string {
  const json = JSON.stringify(text);
  if (!escape || json.includes('\\')) return json;
  return json.replaceAll(/[A-Fé€]/gu, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const body = (column: readonly (string | null)[], gap = '', escape = false): string =>
  `${gap}{${gap}"data"${gap}:${gap}[${column
    .map(
      (text, row) => `${gap}[${gap}${row}${gap},${gap}${text === null ? 'null' : spelled(text, escape)}${gap}]${gap}`,
    )
    .join(',')}]${gap}}${gap}`;

/** The column that a body reads to, by the scanner or the general parser, or the refusal. */
function outcome(read: () => { columns: readonly AnyColumn[]; rowNumbers: readonly string[] | undefined }): unknown {
  try {
    const { columns, rowNumbers } = read();
    return { columns: columns.map((column) => cellsOf(column).map(plain)), rowNumbers };
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
}

const plain = (cell: Cell): unknown => (cell instanceof ExactNumber ? { number: cell.text } : cell);

describe('the byte scanner', () => {
  test('reads what JSON.parse reads, for any texts and nulls, white space and escapes', () => {
    fc.assert(
      fc.property(texts, blank, fc.boolean(), (column, gap, escape) => {
        fc.pre(column.length > 0);
        const source = body(column, gap, escape);
        const scanned = scanBody(bytesOf(source));
        expect(scanned).toBeInstanceOf(PackedColumn);
        const { data } = JSON.parse(source) as { data: [number, string | null][] };
        expect(scanned?.cells()).toEqual(data.map(([, value]) => value));
      }),
    );
  });

  test('leaves every other body to the general parser, and never reads one differently', () => {
    let scannedBodies = 0;
    let leftBodies = 0;
    const damage = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(2),
      fc.stringMatching(/^[[\]{}",:\\0-9a-fun.eE \n-]{0,3}$/),
    );
    fc.assert(
      fc.property(texts, blank, damage, (column, gap, [where, cut, insert]) => {
        const source = body(column, gap);
        const at = Math.floor(where * source.length);
        const bytes = bytesOf((source.slice(0, at) + insert + source.slice(at + cut)).toWellFormed());
        const scanned = scanBody(bytes);
        if (scanned === undefined) {
          leftBodies++;
          return;
        }
        scannedBodies++;
        const packed = outcome(() => ({ columns: [scanned], rowNumbers: undefined }));
        expect(packed).toEqual(outcome(() => parseBody(bytes)));
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(scannedBodies, leftBodies)).toBeGreaterThan(100);
  });

  test.each([
    ['no rows', '{"data":[]}'],
    ['another row number', '{"data":[[1,"a"]]}'],
    ['a row number with a leading zero', '{"data":[[00,"a"]]}'],
    ['a row number as a fraction', '{"data":[[0.0,"a"]]}'],
    ['a number', '{"data":[[0,1]]}'],
    ['a boolean', '{"data":[[0,true]]}'],
    ['two arguments', '{"data":[[0,"a","b"]]}'],
    ['no argument', '{"data":[[0]]}'],
    ['another member first', '{"x":1,"data":[[0,"a"]]}'],
    ['another member after it', '{"data":[[0,"a"]],"x":1}'],
    ['an escaped name', '{"d\\u0061ta":[[0,"a"]]}'],
    ['a control character in a string', '{"data":[[0,"a\nb"]]}'],
    ['an unknown escape', '{"data":[[0,"\\x"]]}'],
    ['half an escape', '{"data":[[0,"\\u12"]]}'],
    ['an open string', '{"data":[[0,"a'],
    ['a trailing comma', '{"data":[[0,"a"],]}'],
    ['something after it', '{"data":[[0,"a"]]}]'],
    ['a byte order mark', '\uFEFF{"data":[[0,"a"]]}'],
    ['nothing', ''],
  ])('leaves %s to the general parser', (_, source) => {
    expect(scanBody(bytesOf(source))).toBeUndefined();
  });
});

describe('the general parser', () => {
  test.each([
    [
      'numbers with all their digits',
      '{"data":[[0,12345678901234567890.10],[1,-1e3]]}',
      [[{ number: '12345678901234567890.10' }, { number: '-1e3' }]],
      undefined,
    ],
    ['booleans', '{"data":[[0,true],[1,false]]}', [[true, false]], undefined],
    [
      'several arguments',
      '{"data":[[0,"a",1],[1,null,2]]}',
      [
        ['a', null],
        [{ number: '1' }, { number: '2' }],
      ],
      undefined,
    ],
    [
      'row numbers as received',
      '{"data":[[7,"a"],[12345678901234567890,"b"]]}',
      [['a', 'b']],
      ['7', '12345678901234567890'],
    ],
    ['a body without rows', '{"data":[]}', [], undefined],
    ['members it does not know', '{"more":{},"data":[[0,"a"]]}', [['a']], undefined],
  ])('reads %s', (_, source, columns, rowNumbers) => {
    expect(outcome(() => readSnowflakeBody(bytesOf(source)))).toEqual({ columns, rowNumbers });
  });

  test.each([
    ['text that is no JSON', 'Alice'],
    ['another document', '[[0,"a"]]'],
    ['null', 'null'],
    ['data that is no array', '{"data":{"0":"a"}}'],
    ['a row that is null', '{"data":[null]}'],
    ['a row without a number', '{"data":[["0","a"]]}'],
    ['a row without an argument', '{"data":[[0]]}'],
    ['rows of different length', '{"data":[[0,"a"],[1,"a","b"]]}'],
    ['an array as a value', '{"data":[[0,["a"]]]}'],
    ['an object as a value', '{"data":[[0,{"a":1}]]}'],
  ])('refuses %s', (_, source) => {
    expect(outcome(() => readSnowflakeBody(bytesOf(source)))).toBe('EVENT_MALFORMED');
  });

  test('never quotes the body in its refusal', () => {
    expect(() => readSnowflakeBody(bytesOf('{"data":[[0,"Alice Example'))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('Alice') }),
    );
  });
});

describe('the writer', () => {
  test('writes what JSON.stringify writes, for any texts and nulls', () => {
    fc.assert(
      fc.property(texts, (column) => {
        const expected = JSON.stringify({ data: column.map((value, row) => [row, value]) });
        expect(writeSnowflakeBody(column, undefined)).toBe(expected);
      }),
    );
  });

  test('writes packed columns as it writes their cells', () => {
    fc.assert(
      fc.property(texts, (column) => {
        fc.pre(column.length > 0);
        const packed = scanBody(bytesOf(body(column)))!;
        expect(writeSnowflakeBody(packed, undefined)).toBe(writeSnowflakeBody(column, undefined));
      }),
    );
  });

  test('gives back numbers, booleans and row numbers digit by digit', () => {
    const column = [new ExactNumber('12345678901234567890'), 1.5, true, null, 'a"b'];
    expect(writeSnowflakeBody(column, ['4', '3', '2', '1', '12345678901234567890'])).toBe(
      '{"data":[[4,12345678901234567890],[3,1.5],[2,true],[1,null],[12345678901234567890,"a\\"b"]]}',
    );
  });
});

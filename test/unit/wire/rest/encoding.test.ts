import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeColumn, ENCODINGS, type Encoding, encodeColumn } from '../../../../lib/wire/rest/encoding.ts';
import { refusalOf } from '../../../support/alphabet-methods.ts';

const BYTE_ENCODINGS = ENCODINGS.filter((encoding) => encoding !== 'utf8');
const hexText = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const wellFormed = fc.string({ unit: 'grapheme', maxLength: 300 });

describe.each(ENCODINGS)('%s', (encoding) => {
  test('gives texts back as they were, nulls and empty texts too', () => {
    fc.assert(
      fc.property(fc.array(fc.option(wellFormed)), (texts) => {
        expect(decodeColumn(encodeColumn(texts, encoding, 'text'), encoding, 'text')).toEqual(texts);
      }),
    );
  });

  test('gives bytes back as they were', () => {
    fc.assert(
      fc.property(fc.array(hexText), (texts) => {
        expect(decodeColumn(encodeColumn(texts, encoding, 'bytes'), encoding, 'bytes')).toEqual(texts);
      }),
    );
  });
});

// RFC 4648, 10, and the same in the other encodings; 60 bytes of ff fill more than a line.
test.each<[Encoding, string, string]>([
  ['hex', 'foobar', '666f6f626172'],
  ['base64', 'foob', 'Zm9vYg=='],
  ['base64', 'fooba', 'Zm9vYmE='],
  ['base64_url', 'foob', 'Zm9vYg'],
  ['base64_mime', 'foob', 'Zm9vYg=='],
  ['base64_pem', 'foob', 'Zm9vYg=='],
  ['base64_mime', 'o'.repeat(60), `${'b29v'.repeat(19)}\r\nb29v`],
  ['base64_pem', 'o'.repeat(48), 'b29v'.repeat(16)],
  ['base64_pem', 'o'.repeat(60), `${'b29v'.repeat(16)}\r\n${'b29v'.repeat(4)}`],
])('%s writes %j as %j', (encoding, text, written) => {
  expect(encodeColumn([text], encoding, 'text')).toEqual([written]);
  expect(decodeColumn([written], encoding, 'text')).toEqual([text]);
});

test('bytes that base64 and base64_url write differently', () => {
  expect(encodeColumn(['fbff'], 'base64', 'bytes')).toEqual(['+/8=']);
  expect(encodeColumn(['fbff'], 'base64_url', 'bytes')).toEqual(['-_8']);
});

test.each<[Encoding, string, string]>([
  ['hex', '666F6f', 'foo'],
  ['base64', 'Zm9vYg', 'foob'],
  ['base64_url', 'Zm9vYg==', 'foob'],
  ['base64_mime', 'Zm9v\n\r\r\nYg', 'foob'],
  ['base64_mime', '\r\nZm9vYg==\r\n', 'foob'],
  ['base64_pem', 'Zm9v\rYg==', 'foob'],
])('%s reads %j too', (encoding, written, text) => {
  expect(decodeColumn([written], encoding, 'text')).toEqual([text]);
});

test.each<[Encoding, string, string]>([
  ['hex', '6', 'BAD_HEX'],
  ['hex', '6g', 'BAD_HEX'],
  ['hex', '66 6f', 'BAD_HEX'],
  ['hex', '6š', 'BAD_HEX'],
  ['hex', '66\n', 'BAD_HEX'],
  ['base64', 'Zm9vY', 'BAD_BASE64'],
  ['base64', 'Zm9vYg=', 'BAD_BASE64'],
  ['base64', 'Zm9vYg===', 'BAD_BASE64'],
  ['base64', 'Zm=vYg==', 'BAD_BASE64'],
  ['base64', '=', 'BAD_BASE64'],
  ['base64', 'Zm-v', 'BAD_BASE64'],
  ['base64', 'Zm9v\n', 'BAD_BASE64'],
  ['base64', 'Zmšv', 'BAD_BASE64'],
  ['base64_url', 'Zm+v', 'BAD_BASE64'],
  ['base64_mime', 'Zm9v\tYg==', 'BAD_BASE64'],
  ['base64_mime', `${'b29v'.repeat(19)}b\r\n29v`, 'BAD_BASE64'],
  ['base64_pem', 'b29v'.repeat(17), 'BAD_BASE64'],
  ['base64', '/w==', 'UNICODE_INVALID'],
  ['base64', '7aCA', 'UNICODE_INVALID'],
])('%s refuses %j', (encoding, written, code) => {
  expect(refusalOf(() => decodeColumn(['', written], encoding, 'text'))).toEqual({ code, row: 1 });
});

test.each(BYTE_ENCODINGS)('%s refuses a number', (encoding) => {
  expect(refusalOf(() => decodeColumn([null, 7], encoding, 'text'))).toEqual({ code: 'WRONG_DATATYPE', row: 1 });
});

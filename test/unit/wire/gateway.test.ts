import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { attempt } from '../../../lib/base/attempt.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { type GatewayEvent, readGatewayBody, readGatewayRequest } from '../../../lib/wire/gateway.ts';
import { MAX_BODY_BYTES, MAX_REPLY_BYTES } from '../../../lib/wire/limits.ts';

const refusalOf = (event: GatewayEvent): string => {
  try {
    return readGatewayBody(event).toString();
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
};

const bodyOf = (...members: readonly Uint8Array[]): GatewayEvent => ({
  body: Buffer.concat(members).toString('base64'),
  isBase64Encoded: true,
});

describe('a request behind API Gateway', () => {
  test.each<[string, GatewayEvent]>([
    ['payload format 1.0', { httpMethod: 'post', path: '/x', requestContext: { identity: { sourceIp: '192.0.2.1' } } }],
    [
      'payload format 2.0',
      { rawPath: '/x', requestContext: { http: { method: 'POST', path: '/y', sourceIp: '192.0.2.1' } } },
    ],
  ])('%s: method, path and address are found', (_, event) => {
    expect(readGatewayRequest(event)).toMatchObject({ method: 'POST', path: '/x', clientIp: '192.0.2.1' });
  });

  test.each([
    ['nothing', {}],
    ['members of other kinds', { httpMethod: 1, path: [], headers: 'x', multiValueHeaders: null, requestContext: 7 }],
    ['nulls', { httpMethod: null, path: null, headers: null, multiValueHeaders: null, requestContext: null }],
  ])('%s gives a request of which nothing is known, and no error', (_, event) => {
    const request = readGatewayRequest(event);
    expect(request).toMatchObject({ method: undefined, path: '', clientIp: undefined });
    expect(request.header('anything')).toBeUndefined();
  });

  test('finds a header in any case, and the first value of a repeated one', () => {
    const { header } = readGatewayRequest({
      headers: { 'X-One': 'last', 'x-two': 'only', 'X-Number': 7 },
      multiValueHeaders: { 'X-ONE': ['first', 'last'] },
    });
    expect(['x-one', 'X-TWO', 'x-number', '__proto__'].map(header)).toEqual(['first', 'only', undefined, undefined]);
  });

  test('finds all values of a header, of every spelling of its name', () => {
    const { headerValues } = readGatewayRequest({
      headers: { 'X-Other': 'a', 'x-other': 'b', 'X-One': 'last' },
      multiValueHeaders: { 'X-ONE': ['first', 'last'], 'x-one': ['third'] },
    });
    expect(['x-one', 'X-OTHER', 'x-none'].map(headerValues)).toEqual([['first', 'last', 'third'], ['a', 'b'], []]);
  });
});

describe('a body behind API Gateway', () => {
  const text = '{"data":[[0,"Zoë"]]}';
  const gzip = gzipSync(text);

  test.each<[string, GatewayEvent]>([
    ['plain text', { body: text, isBase64Encoded: false }],
    ['plain text that claims to be base64', { body: text, isBase64Encoded: true }],
    ['plain text behind blanks that claims to be base64', { body: `\n ${text}`, isBase64Encoded: true }],
    ['base64', { body: Buffer.from(text).toString('base64'), isBase64Encoded: true }],
    ['gzip in base64', { body: gzip.toString('base64'), isBase64Encoded: true }],
    ['gzip in base64 that claims to be text', { body: gzip.toString('base64'), isBase64Encoded: false }],
    ['gzip as a text of bytes', { body: gzip.toString('latin1'), isBase64Encoded: false }],
  ])('is decoded by what it is: %s', (_, event) => {
    expect(refusalOf(event).trim()).toBe(text);
  });

  // A gzip file may have several members (RFC 1952 §2.2).
  const mebibyte = gzipSync(Buffer.alloc(2 ** 20, 'x'));
  const full: readonly Uint8Array[] = Array.from({ length: 18 }, () => mebibyte);

  test('is unzipped up to three times what a reply has room for', () => {
    expect(readGatewayBody(bodyOf(...full))).toHaveLength(MAX_BODY_BYTES);
    expect(MAX_BODY_BYTES).toBe(3 * MAX_REPLY_BYTES);
  });

  test.each<[string, GatewayEvent, number | undefined]>([
    ['one byte more, zipped', bodyOf(...full, gzipSync('x')), undefined],
    ['a gigabyte, zipped', bodyOf(...Array.from({ length: 1024 }, () => mebibyte)), undefined],
    ['one byte more than the front end takes, zipped', bodyOf(gzipSync('xxxxx')), 4],
    ['one byte more than the front end takes', { body: 'xxxxx' }, 4],
  ])('is refused beyond its limit, which the refusal names: %s', (_, event, most) => {
    const refused = attempt(() => readGatewayBody(event, most));
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'OUT_OF_LIMITS', detail: expect.stringContaining(most === 4 ? 'than 4 bytes' : '18,874,368') },
    });
  });

  test.each<[string, GatewayEvent]>([
    ['no body', {}],
    ['null', { body: null }],
    ['damaged gzip', { body: gzip.subarray(0, 25).toString('base64'), isBase64Encoded: true }],
    ['bytes that are no UTF-8', { body: Buffer.of(0x22, 0xff, 0x22).toString('base64'), isBase64Encoded: true }],
    ['a text with half a surrogate pair', { body: '"\ud800"', isBase64Encoded: false }],
  ])('is refused: %s', (_, event) => {
    expect(refusalOf(event)).toBe('EVENT_MALFORMED');
  });
});

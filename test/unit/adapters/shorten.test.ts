import { describe, expect, test } from '@jest/globals';
import { shortened } from '../../../lib/adapters/tls/shorten.ts';
import { parseCef } from '../../support/siem/parsers.ts';

const bytesOf = (text: string): number => Buffer.byteLength(text);

describe('a JSON body that is too long', () => {
  const body = JSON.stringify({
    iclFields: { eventId: 'id', logMsg: 'm'.repeat(3_000) },
    customFields: { a: '😀'.repeat(900) },
  });

  test('keeps its members and loses the ends of its longest texts, as little as possible', () => {
    const short = shortened(body, 'json', 4_000);
    expect(bytesOf(short)).toBeLessThanOrEqual(4_000);
    expect(bytesOf(short)).toBeGreaterThan(3_950);
    expect(JSON.parse(short)).toEqual({
      iclFields: { eventId: 'id', logMsg: expect.stringMatching(/^m+…$/) },
      customFields: { a: expect.stringMatching(/^(?:😀)+…$/u) },
      truncated: true,
    });
  });

  test.each(Array.from({ length: 8 }, (_, i) => 1_000 + i))('is cut at whole characters to %d bytes', (limit) => {
    const short = shortened(body, 'json', limit);
    expect(bytesOf(short)).toBeLessThanOrEqual(limit);
    expect(short.isWellFormed()).toBe(true);
    expect(JSON.parse(short).customFields.a).toMatch(/^(?:😀)+…$/u);
  });

  test('becomes the beginning of itself in one text where its names alone are too long', () => {
    const names = JSON.stringify(
      Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`${i}${'"n'.repeat(60)}`, 'v'])),
    );
    const parsed = JSON.parse(shortened(names, 'json', 2_000));
    expect(Object.keys(parsed)).toEqual(['truncated', 'message']);
    expect(names.startsWith(parsed.message.slice(0, -1))).toBe(true);
  });

  test('that is no JSON at all becomes a text', () => {
    expect(JSON.parse(shortened(`{${'x'.repeat(500)}`, 'json', 100))).toEqual({
      truncated: true,
      message: expect.stringMatching(/^\{x+…$/),
    });
  });
});

const cef = (value: string) => `CEF:0|v|p|1|E|name|3|rt=1 act=E externalId=id msg=${value} cs1=acme cs1Label=tenant`;

describe('a CEF event that is too long', () => {
  test.each([
    ['plain', 'm'.repeat(900), /^m+…$/],
    ['made of escapes', '\\\\'.repeat(450), /^\\+…$/],
    ['made of escaped equals signs', 'act\\=X '.repeat(150), /^(?:act=X )+a?c?t?=?X?…$/],
    ['made of wide characters', '😀'.repeat(300), /^(?:😀)+…$/u],
  ])('keeps every pair and cuts its longest value: %s', (_, value, form) => {
    for (let limit = 400; limit < 406; limit++) {
      const short = shortened(cef(value), 'text', limit);
      expect(bytesOf(short)).toBeLessThanOrEqual(limit);
      expect(parseCef(short).extension).toEqual({
        rt: '1',
        act: 'E',
        externalId: 'id',
        msg: expect.stringMatching(form),
        cs1: 'acme',
        cs1Label: 'tenant',
        truncated: 'true',
      });
    }
  });

  test('with more pairs than fit is cut at its end', () => {
    const many = cef(Array.from({ length: 60 }, (_, i) => `x k${i}=${'v'.repeat(50)}`).join(''));
    const short = shortened(many, 'text', 500);
    expect(bytesOf(short)).toBeLessThanOrEqual(500);
    expect(parseCef(short).extension).toMatchObject({ externalId: 'id', truncated: 'true' });
  });
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { concat, fromBase64, fromHex, sameBytes, textOf, toBase64, toHex, utf8 } from '../../lib/base/bytes.ts';
import * as node from '../../lib/crypto/digests.ts';
import * as web from '../../lib/crypto/digests-web.ts';

const someBytes = fc.uint8Array({ maxLength: 300 });

describe('bytes without Buffer', () => {
  test('become base64 and hexadecimal digits as by Buffer, and come back', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    const large = new Uint8Array(100_000).fill(0xfe);
    expect(toBase64(large)).toBe(Buffer.from(large).toString('base64'));
  });

  test.each(['A', 'AA', 'AAA', 'AB==', 'AA= ', ' AAA', 'AA==AAAA', 'A-A=', 'AAAAA', 'AA=A', '===='])(
    'are not read from %j, which is no base64 of ours',
    (text) => expect(fromBase64(text)).toBeUndefined(),
  );

  test.each([
    ['', ''],
    ['0', ''],
    ['0aFf', '0aff'],
    ['0axx0a', '0a'],
    ['0ag', '0a'],
  ])('read %j up to what is no pair of digits', (text, expected) => expect(toHex(fromHex(text))).toBe(expected));

  test('are the UTF-8 of a text, a byte order mark included', () => {
    for (const text of ['', 'é', '\uFEFFa', '𝄞', '\uD800', 'a\u0000']) {
      expect(Buffer.from(utf8(text))).toEqual(Buffer.from(text));
      expect(textOf(Buffer.from(text))).toBe(Buffer.from(text).toString());
    }
    fc.assert(fc.property(someBytes, (bytes) => textOf(bytes) === Buffer.from(bytes).toString('utf8')));
  });

  test('are joined and compared', () => {
    fc.assert(
      fc.property(someBytes, someBytes, (a, b) => {
        expect(concat([a, b])).toEqual(Uint8Array.from(Buffer.concat([a, b])));
        expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(sameBytes(a, Uint8Array.from(a))).toBe(true);
      }),
    );
  });
});

describe('digests in a browser', () => {
  test('are those of Node', () => {
    fc.assert(
      fc.property(someBytes, fc.string({ unit: 'binary' }), (bytes, text) => {
        expect(toHex(web.sha256(bytes))).toBe(toHex(node.sha256(bytes)));
        expect(toHex(web.sha256(text))).toBe(toHex(node.sha256(text)));
        expect(web.hmacSha256(bytes)(text)).toBe(node.hmacSha256(bytes)(text));
      }),
    );
  });

  test('have every export of those of Node', () => {
    expect(Object.keys(web).toSorted()).toEqual(Object.keys(node).toSorted());
  });

  test('copy the key', () => {
    for (const { hmacSha256 } of [node, web]) {
      const key = new Uint8Array(32).fill(1);
      const mac = hmacSha256(key);
      const before = mac('x');
      key.fill(0);
      expect(mac('x')).toBe(before);
    }
  });
});

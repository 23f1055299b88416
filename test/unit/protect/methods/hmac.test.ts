import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Keyring } from '../../../../lib/policy/keyring.ts';
import { compileHmac, hmacSha256 } from '../../../../lib/protect/methods/cipher/hmac.ts';
import type { CipherMeter, Method } from '../../../../lib/protect/methods/method.ts';
import { elementOf, fixedKeyContext } from '../../../support/fixed-key.ts';

const base64 = (from: number) => Buffer.from(Array.from({ length: 32 }, (_, i) => from + i)).toString('base64');
const keyring = new Keyring({ kdfSalt: base64(0), rootKeys: [{ version: 1, key: base64(32) }] });

function method(elementId: string): Method {
  return compileHmac(
    { id: elementId, name: 'digest', method: 'hash', type: 'hmac-sha256' },
    {
      key: (purpose) => keyring.elementKey(elementId, purpose, 1),
      elementId,
      keyVersion: 1,
      alphabets: [],
      meter: (_values, work) => work(),
      random: (bytes) => new Uint8Array(bytes),
    },
  );
}

const ID = '00000000-0000-4000-8000-000000000043';
const hmac = method(ID);
const refusal = (code: string, row?: number) => expect.objectContaining({ code, row });
const bytes = (count: number, value: number) => Buffer.alloc(count, value);

/** RFC 4231, sections 4.2 to 4.8, without the truncated case 5. */
test.each<[number, Buffer, Buffer, string]>([
  [1, bytes(20, 0x0b), Buffer.from('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    2,
    Buffer.from('Jefe'),
    Buffer.from('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [3, bytes(20, 0xaa), bytes(50, 0xdd), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    4,
    Buffer.from(Array.from({ length: 25 }, (_, i) => i + 1)),
    bytes(50, 0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    6,
    bytes(131, 0xaa),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    7,
    bytes(131, 0xaa),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
])('case %i of RFC 4231 has its digest', (_case, key, data, digest) => {
  expect(hmacSha256(createSecretKey(key), data)).toBe(digest);
});

describe('a hash element', () => {
  test('gives the digest of the UTF-8 bytes under its own key, and keeps null and the empty text', () => {
    const key = createSecretKey(keyring.elementKey(ID, 'hmac').expose());
    expect(hmac.protect(['Żółć 😀', null, '', 'a'], undefined)).toEqual({
      column: [hmacSha256(key, Buffer.from('Żółć 😀')), null, '', hmacSha256(key, Buffer.from('a'))],
      weakCount: 0,
      clearCount: 0,
    });
  });

  test('has other digests than another element', () => {
    const other = method('00000000-0000-4000-8000-000000000048');
    expect(other.protect(['a'], undefined).column).not.toEqual(hmac.protect(['a'], undefined).column);
  });

  test('tells the meter how many digests it makes', () => {
    const seen: number[] = [];
    const meter: CipherMeter = (values, work) => {
      seen.push(values);
      work();
    };
    const element = elementOf('hmac-sha256', { method: 'hash' });
    compileHmac(element, fixedKeyContext(ID, { meter })).protect(['a', null, '', 'b'], undefined);
    expect(seen).toEqual([2]);
  });

  test('refuses every unprotect', () => {
    for (const column of [[], ['00'], [null]]) {
      expect(() => hmac.unprotect(column, undefined)).toThrow(refusal('HMAC_MISUSED', undefined));
    }
  });

  test('refuses an external IV, and takes an empty one as none', () => {
    expect(() => hmac.protect(['a'], 'iv')).toThrow(refusal('IV_NOT_ALLOWED'));
    expect(hmac.protect(['a'], '').column).toEqual(hmac.protect(['a'], undefined).column);
  });

  test.each([[true], [0], [1.5]])('refuses a cell %p', (cell) => {
    expect(() => hmac.protect(['a', cell], undefined)).toThrow(refusal('WRONG_DATATYPE', 1));
    expect(() => hmac.protect([cell, 'a'], undefined)).toThrow(refusal('WRONG_DATATYPE', 0));
  });

  test.each(['\ud800', 'a\udc00', '\ude00\ud83d'])('refuses a lone surrogate: %j', (text) => {
    expect(() => hmac.protect(['a', null, text], undefined)).toThrow(refusal('UNICODE_INVALID', 2));
    expect(() => hmac.protect([text], undefined)).toThrow(refusal('UNICODE_INVALID', 0));
  });
});

test('committed values have the committed digests', () => {
  const { elementId, cases } = JSON.parse(
    readFileSync(new URL('../../../vectors/tokens/hmac-sha256.json', import.meta.url), 'utf8'),
  ) as { elementId: string; cases: readonly { values: readonly [string, string][] }[] };
  for (const { values } of cases) {
    const digests = method(elementId).protect(
      values.map(([value]) => value),
      undefined,
    );
    expect(digests.column).toEqual(values.map(([, digest]) => digest));
  }
});

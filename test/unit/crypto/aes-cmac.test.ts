import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cmac } from '@noble/ciphers/aes.js';
import * as fc from 'fast-check';
import { AesCmac } from '../../../lib/crypto/aes-cmac.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const load = (name: string) => JSON.parse(readFileSync(new URL(`../../vectors/siv/${name}`, import.meta.url), 'utf8'));
const macOf = (key: Uint8Array, message: Uint8Array) => Buffer.from(new AesCmac(key).mac(message)).toString('hex');

interface Published {
  readonly source: string;
  readonly key: string;
  readonly message: string;
  readonly mac: string;
}
const published = load('cmac.json').cases as readonly Published[];

test.each(published.map((each) => [each.source, each.message.length / 2, each] as const))(
  'AES-CMAC gives the MAC of %s for %i bytes',
  (_source, _bytes, { key, message, mac }) => {
    expect(macOf(hex(key), hex(message))).toBe(mac);
  },
);

interface Group {
  readonly keySize: number;
  readonly tests: readonly { tcId: number; key: string; msg: string; tag: string; result: 'valid' | 'invalid' }[];
}
test.each(
  (load('wycheproof-aes-cmac.json').groups as readonly Group[]).map((group) => [group.keySize, group] as const),
)(
  'AES-CMAC with %i-bit keys agrees with every Wycheproof tag that is valid, and with no other',
  (_keySize, { tests }) => {
    const wrong = tests.filter(
      ({ key, msg, tag, result }) => (macOf(hex(key), hex(msg)) === tag) !== (result === 'valid'),
    );
    expect(wrong).toEqual([]);
    expect(tests.length).toBe(102);
  },
);

describe('many messages at once', () => {
  test('have the MACs of an independent implementation, in message order', () => {
    const message = fc.uint8Array({ minLength: 0, maxLength: 100, size: 'max' });
    fc.assert(
      fc.property(
        fc.constantFrom(16, 24, 32).chain((n) => fc.uint8Array({ minLength: n, maxLength: n, size: 'max' })),
        fc.array(message, { maxLength: 20, size: 'max' }),
        (key, messages) => {
          let end = 0;
          const ends = Uint32Array.from(messages, ({ length }) => (end += length));
          const macs = new AesCmac(key).macAll({ bytes: Buffer.concat(messages), ends });
          expect(Buffer.from(macs).toString('hex')).toBe(
            messages.map((each) => Buffer.from(cmac(each, key)).toString('hex')).join(''),
          );
        },
      ),
    );
  });

  test('have no MACs if there are none', () => {
    expect(new AesCmac(new Uint8Array(16)).macAll({ bytes: new Uint8Array(0), ends: new Uint32Array(0) })).toHaveLength(
      0,
    );
  });
});

test('a key of another size is refused', () => {
  expect(() => new AesCmac(new Uint8Array(20))).toThrow(expect.objectContaining({ code: 'AES_KEY_SIZE' }));
});

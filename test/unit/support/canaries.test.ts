import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Canaries } from '../../support/canaries.ts';

const KEY = Buffer.from('00112233445566778899aabbccddeeff0011fbff445566778899aabbccddee3e', 'hex');
const NAME = 'Zoë "quoted" Mülleriñ';

const canaries = new Canaries();
canaries.plant('key', KEY);
canaries.plant('name', NAME);

const around = (bytes: Uint8Array, before: number): Buffer =>
  Buffer.concat([Buffer.from('xyz'.slice(0, before)), bytes, Buffer.from('abcde')]);

describe('canaries are found', () => {
  test.each<[form: string, output: string | Uint8Array, name: string]>([
    ['as bytes', around(KEY, 1), 'key'],
    ['in hexadecimal', `x${KEY.toString('hex')}x`, 'key'],
    ['in upper-case hexadecimal', KEY.toString('hex').toUpperCase(), 'key'],
    ['in base64', KEY.toString('base64'), 'key'],
    ['in base64url', KEY.toString('base64url'), 'key'],
    ['in base64 behind one byte', around(KEY, 1).toString('base64'), 'key'],
    ['in base64 behind two bytes', around(KEY, 2).toString('base64'), 'key'],
    ['in base64url behind two bytes', around(KEY, 2).toString('base64url'), 'key'],
    ['in gzip', gzipSync(`a ${KEY.toString('hex')}`), 'key'],
    ['in gzip behind other bytes', around(gzipSync(KEY), 3), 'key'],
    ['in gzip in base64', `body: "${gzipSync(`${'x'.repeat(99)}${NAME}`).toString('base64')}"`, 'name'],
    ['in gzip in gzip', gzipSync(gzipSync(NAME)), 'name'],
    ['as text', `<${NAME}>`, 'name'],
    ['in JSON', JSON.stringify({ a: NAME }), 'name'],
    ['in ASCII JSON', '"Zo\\u00eb \\"quoted\\" M\\u00fclleri\\u00f1"', 'name'],
  ])('%s', (_form, output, name) => {
    expect(canaries.in(output)).toEqual([name]);
  });

  test('in no output that holds none', () => {
    expect(
      canaries.in(`${NAME.slice(1)} ${KEY.toString('hex').slice(2)} ${gzipSync('nothing').toString('base64')}`),
    ).toEqual([]);
  });

  test('only where chance could not produce them', () => {
    expect(() => canaries.plant('short', 'seven ..'.slice(0, 7))).toThrow(RangeError);
    expect(canaries.names).toEqual(['key', 'name']);
  });
});

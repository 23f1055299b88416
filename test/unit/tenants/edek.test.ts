import { describe, expect, test } from '@jest/globals';
import {
  associatedData,
  contextOf,
  directEdek,
  leasedEdek,
  leasedPrefix,
  parseEdek,
} from '../../../lib/tenants/edek.ts';
import { readEnvelope, writeEnvelope } from '../../../lib/tenants/edek-envelope.ts';

const wrapped = Buffer.from('wrapped by a KMS');
const sealed = Buffer.alloc(60, 7);
const leased = leasedEdek(7, leasedPrefix(7, wrapped), sealed);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Returns an EDEK with other bytes inside. */
const holding = (change: (data: Buffer) => Uint8Array, edek: Uint8Array = directEdek(1, wrapped)): Uint8Array => {
  const { configuration, data } = readEnvelope(edek);
  return writeEnvelope({ configuration, data: change(Buffer.from(data)) });
};

describe('an EDEK', () => {
  test('of mode direct is version, mode, configuration and the bytes of the KMS', () => {
    const edek = directEdek(0xfedcba98, wrapped);
    expect(hex(readEnvelope(edek).data)).toBe(`0101fedcba98${hex(wrapped)}`);
    expect(parseEdek(edek)).toEqual({ mode: 'direct', configuration: 0xfedcba98, wrapped });
  });

  test('of mode leased holds the leased key with its length, then nonce, ciphertext and tag', () => {
    expect(hex(readEnvelope(leased).data)).toBe(`0102000000070010${hex(wrapped)}${hex(sealed)}`);
    expect(parseEdek(leased)).toEqual({ mode: 'leased', configuration: 7, lease: wrapped, sealed });
  });

  test.each<[string, Uint8Array]>([
    ['nothing', holding(() => Buffer.alloc(0))],
    ['a header alone', directEdek(1, Buffer.alloc(0))],
    ['another version', holding((data) => Buffer.concat([Buffer.from([2]), data.subarray(1)]))],
    ['another mode', holding((data) => Buffer.concat([Buffer.from([1, 0]), data.subarray(2)]))],
    ['of two configurations', writeEnvelope({ configuration: 2, data: readEnvelope(directEdek(1, wrapped)).data })],
    ['more than a KMS wraps to', directEdek(1, Buffer.alloc(6145))],
    ['a leased one without a length', holding((data) => data.subarray(0, 7), leased)],
    ['a leased one that is cut', holding((data) => data.subarray(0, -1), leased)],
    ['a leased one with more behind', holding((data) => Buffer.concat([data, Buffer.from([0])]), leased)],
    ['a leased one without a leased key', leasedEdek(7, leasedPrefix(7, Buffer.alloc(0)), sealed)],
    ['a leased one whose leased key is too long', leasedEdek(7, leasedPrefix(7, Buffer.alloc(6145)), sealed)],
  ])('is refused if it is %s', (_, bytes) => {
    expect(() => parseEdek(bytes)).toThrow(expect.objectContaining({ code: 'INVALID_PROVIDED_EDEK' }));
  });

  test('of mode leased binds the key to every byte before it, and to the tenant', () => {
    const prefix = leasedPrefix(7, wrapped);
    expect(Buffer.from(associatedData(prefix, 'Zoë'))).toEqual(Buffer.concat([prefix, Buffer.from('Zoë')]));
  });

  test('is bound to tenant, configuration and purpose in the KMS', () => {
    expect(contextOf('acme', 7, 'lease')).toEqual({ tenant: 'acme', configuration: '7', purpose: 'lease' });
  });
});

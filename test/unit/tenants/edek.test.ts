import { describe, expect, test } from '@jest/globals';
import { associatedData, contextOf, directEdek, leasedPrefix, parseEdek } from '../../../lib/tenants/edek.ts';

const wrapped = Buffer.from('wrapped by a KMS');
const sealed = Buffer.alloc(60, 7);
const leased = Buffer.concat([leasedPrefix(7, wrapped), sealed]);

describe('an EDEK', () => {
  test('of mode direct is version, mode, configuration and what the KMS made', () => {
    const edek = directEdek(0xfedcba98, wrapped);
    expect(Buffer.from(edek).toString('hex')).toBe(`0100fedcba98${wrapped.toString('hex')}`);
    expect(parseEdek(edek)).toEqual({ mode: 'direct', configuration: 0xfedcba98, wrapped });
  });

  test('of mode leased holds the leased key with its length, then nonce, ciphertext and tag', () => {
    expect(leased.toString('hex')).toBe(`0101000000070010${wrapped.toString('hex')}${sealed.toString('hex')}`);
    expect(parseEdek(leased)).toEqual({ mode: 'leased', configuration: 7, lease: wrapped, sealed });
  });

  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['a header alone', directEdek(1, Buffer.alloc(0))],
    ['another version', Buffer.concat([Buffer.from([2]), directEdek(1, wrapped).subarray(1)])],
    ['another mode', Buffer.concat([Buffer.from([1, 2]), directEdek(1, wrapped).subarray(2)])],
    ['more than a KMS wraps to', directEdek(1, Buffer.alloc(6145))],
    ['a leased one without a length', leased.subarray(0, 7)],
    ['a leased one that is cut', leased.subarray(0, -1)],
    ['a leased one with more behind', Buffer.concat([leased, Buffer.from([0])])],
    ['a leased one without a leased key', Buffer.concat([leasedPrefix(7, Buffer.alloc(0)), sealed])],
    ['a leased one whose leased key is too long', Buffer.concat([leasedPrefix(7, Buffer.alloc(6145)), sealed])],
  ])('is not %s', (_, bytes) => {
    expect(() => parseEdek(bytes)).toThrow(expect.objectContaining({ code: 'INVALID_PROVIDED_EDEK' }));
  });

  test('of mode leased binds the key to every byte in front of it, and to the tenant', () => {
    const prefix = leasedPrefix(7, wrapped);
    expect(Buffer.from(associatedData(prefix, 'Zoë'))).toEqual(Buffer.concat([prefix, Buffer.from('Zoë')]));
  });

  test('is bound to tenant, configuration and purpose in the KMS', () => {
    expect(contextOf('acme', 7, 'lease')).toEqual({ tenant: 'acme', configuration: '7', purpose: 'lease' });
  });
});

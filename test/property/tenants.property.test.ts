// For all keys, tenants and alterations: a wrapped key opens for its tenant only, and altered bytes never open.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { attempt } from '../../lib/base/attempt.ts';
import { Secret } from '../../lib/base/secret.ts';
import { openKey, sealKey } from '../../lib/crypto/key-wrap.ts';
import { parseEdek } from '../../lib/tenants/edek.ts';
import { TenantError } from '../../lib/tenants/errors.ts';
import type { Tenants } from '../../lib/tenants/model.ts';
import { by, dekOf, hex, keyServiceUnderTest, LEASING, tenant, tenantsOf } from '../support/key-service.ts';

const leasing = fc.constantFrom(undefined, LEASING);
const tenantId = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof TenantError ? error.code : error),
  );

describe('an EDEK', () => {
  test('opens for its tenant only', async () => {
    await fc.assert(
      fc.asyncProperty(tenantId, tenantId, leasing, leasing, async (one, other, ownLeasing, otherLeasing) => {
        fc.pre(one !== other);
        const { service } = keyServiceUnderTest();
        // One KMS key for both: only what the keys are bound to keeps them apart.
        const kms = [{ id: 1, key: 'memory:shared', state: 'active', primary: true }] as const;
        const tenants: Tenants = tenantsOf(
          tenant(one, { kms, leasing: ownLeasing }),
          tenant(other, { kms, leasing: otherLeasing }),
        );
        const wrapped = await service.wrap(tenants, by(one));
        expect(hex(await service.unwrap(tenants, by(one), wrapped.edek))).toBe(dekOf(wrapped));
        expect(await code(service.unwrap(tenants, by(other), wrapped.edek))).toBe('INVALID_PROVIDED_EDEK');
      }),
    );
  });

  test.each([
    ['direct', undefined],
    ['leased', LEASING],
  ])('of mode %s is refused with any one bit flipped, cut anywhere, or with more behind', async (_, ownLeasing) => {
    const { service } = keyServiceUnderTest();
    const kms = [1, 2, 3, 5].map((id) => ({ id, key: 'memory:shared', state: 'active', primary: id === 1 }) as const);
    const tenants = tenantsOf(tenant('acme', { kms, leasing: ownLeasing }));
    const { edek } = await service.wrap(tenants, by('acme'));
    const damaged: Buffer[] = [];
    for (let bit = 0; bit < 8 * edek.length; bit++) {
      const copy = Buffer.from(edek);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      damaged.push(copy);
    }
    for (let end = 0; end < edek.length; end++) damaged.push(Buffer.from(edek.subarray(0, end)));
    damaged.push(Buffer.concat([edek, Buffer.from([0])]));
    const codes = await Promise.all(damaged.map((bytes) => code(service.unwrap(tenants, by('acme'), bytes))));
    expect(damaged.length).toBeGreaterThan(400);
    expect([...new Set(codes)]).toEqual(['INVALID_PROVIDED_EDEK']);
  });

  test('is read, or refused with its code, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parsed = attempt(() => parseEdek(bytes));
        expect(parsed.ok || (parsed.error as { code?: string }).code === 'INVALID_PROVIDED_EDEK').toBe(true);
      }),
    );
  });
});

test('a sealed key opens only under the same key and data', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.uint8Array({ maxLength: 20 }), (wrapping, other, key, data) => {
      const sealed = sealKey(new Secret(wrapping), new Secret(key), randomBytes(12), data);
      const opened = openKey(new Secret(wrapping), sealed, data);
      expect(Buffer.from(opened!.expose())).toEqual(Buffer.from(key));
      expect(openKey(new Secret(wrapping), sealed, Buffer.concat([data, Buffer.from([0])]))).toBeUndefined();
      fc.pre(Buffer.compare(wrapping, other) !== 0);
      expect(openKey(new Secret(other), sealed, data)).toBeUndefined();
    }),
  );
});

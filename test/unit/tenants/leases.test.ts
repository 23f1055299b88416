// Leasing: calls to the KMS, the end of a lease, and its events.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { leasedEdek, leasedPrefix } from '../../../lib/tenants/edek.ts';
import type { Tenant } from '../../../lib/tenants/model.ts';
import {
  by,
  dekOf,
  hex,
  keyServiceUnderTest,
  type KeyServiceUnderTest,
  LEASING,
  messages,
  tally,
  tenant,
  tenantsOf,
} from '../../support/key-service.ts';

let under: KeyServiceUnderTest;

beforeEach(() => {
  under = keyServiceUnderTest();
});

const acme = (change: Partial<typeof LEASING> = {}): Tenant => tenant('acme', { leasing: { ...LEASING, ...change } });
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error as { code?: string }).code,
  );
const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const passes = (seconds: number): void => {
  under.clock.nowMs += 1000 * seconds;
};

describe('10,000 operations', () => {
  const OPERATIONS = 10_000;

  async function operations(owner: Tenant): Promise<void> {
    const tenants = tenantsOf(owner);
    for (let done = 0; done < OPERATIONS; done += 200) {
      // oxlint-disable-next-line no-await-in-loop -- a hundred requests at a time
      const wrapped = await times(100, () => under.service.wrap(tenants, by('acme')));
      const keys = wrapped.map(dekOf);
      // oxlint-disable-next-line no-await-in-loop
      const opened = await Promise.all(wrapped.map(({ edek }) => under.service.unwrap(tenants, by('acme'), edek)));
      expect(opened.map(hex)).toEqual(keys);
    }
  }

  test('are 10,000 calls to the KMS and 10,000 events without leasing', async () => {
    await operations(tenant('acme'));
    expect(under.kms.count()).toBe(OPERATIONS);
    expect(tally(under.events)).toEqual({
      'DEK encrypted via KMS.': OPERATIONS / 2,
      'EDEK decrypted via KMS.': OPERATIONS / 2,
    });
  });

  test('are one call with leasing, and still one event each', async () => {
    await operations(acme());
    expect(under.kms.count()).toBe(1);
    expect(tally(under.events)).toEqual({
      'Leased a new key via KMS.': 1,
      'Encrypted a DEK using a leased key.': OPERATIONS / 2,
      'Decrypted an EDEK using a leased key.': OPERATIONS / 2,
    });
  });
});

const wrap = (owner: Tenant) => under.service.wrap(tenantsOf(owner), by('acme'));

describe('the lease that wraps', () => {
  test('is replaced after its age, and the old one still opens what it wrapped', async () => {
    const owner = acme({ maxAgeS: 60 });
    const first = await wrap(owner);
    passes(59.5);
    await wrap(owner);
    expect(under.kms.count({ method: 'generate' })).toBe(1);
    passes(0.5);
    await wrap(owner);
    expect(under.kms.count({ method: 'generate' })).toBe(2);
    expect(hex(await under.service.unwrap(tenantsOf(owner), by('acme'), first.edek))).toBe(dekOf(first));
    expect(under.kms.count()).toBe(2);
  });

  test('is replaced after its uses, also under concurrent calls', async () => {
    const owner = acme({ maxUses: 10 });
    await times(95, () => wrap(owner));
    expect(under.kms.count({ method: 'generate' })).toBe(10);
    expect(tally(under.events)['Leased a new key via KMS.']).toBe(10);
  });

  test('is shared by all calls that wait for it', async () => {
    await times(500, () => wrap(acme()));
    expect(under.kms.count()).toBe(1);
    expect(messages(under.events).indexOf('Leased a new key via KMS.')).toBe(0);
  });

  test('is dropped when the KMS fails: every waiting call rejects, and the next one tries again', async () => {
    under.kms.fail('throttle', { times: 1 });
    expect(await times(20, () => codeOf(wrap(acme())))).toEqual(Array(20).fill('KMS_THROTTLED'));
    expect(tally(under.events)).toEqual({ 'Refused to encrypt a DEK: KMS_THROTTLED.': 20 });
    await wrap(acme());
    expect(under.kms.count()).toBe(2);
  });

  test('ends when the clock is set back', async () => {
    await wrap(acme());
    passes(-1);
    await wrap(acme());
    expect(under.kms.count({ method: 'generate' })).toBe(2);
  });
});

describe('a lease that was opened', () => {
  test('serves concurrent calls by one call to the KMS and one event', async () => {
    const tenants = tenantsOf(acme());
    const { edek } = await under.service.wrap(tenants, by('acme'));
    under.leases.close(); // another execution environment
    under.events.length = 0;
    await times(300, () => under.service.unwrap(tenants, by('acme'), edek));
    expect(under.kms.count({ method: 'unwrap' })).toBe(1);
    expect(tally(under.events)).toEqual({
      'Decrypted a leased key via KMS.': 1,
      'Decrypted an EDEK using a leased key.': 300,
    });
  });

  test('is opened again after openS, also that of the own lease', async () => {
    const tenants = tenantsOf(acme({ openS: 300 }));
    const { edek } = await under.service.wrap(tenants, by('acme'));
    passes(299);
    await under.service.unwrap(tenants, by('acme'), edek);
    expect(under.kms.count({ method: 'unwrap' })).toBe(0);
    passes(1);
    await under.service.unwrap(tenants, by('acme'), edek);
    expect(under.kms.count({ method: 'unwrap' })).toBe(1);
  });

  test('is opened each time after the tenant stops leasing', async () => {
    const { edek } = await under.service.wrap(tenantsOf(acme()), by('acme'));
    await times(5, () => under.service.unwrap(tenantsOf(tenant('acme')), by('acme'), edek));
    expect(under.kms.count({ method: 'unwrap' })).toBe(5);
  });

  test('is evicted when others need its place, and opened again', async () => {
    under = keyServiceUnderTest({ limit: 3 });
    const owner = acme({ maxUses: 1 });
    const wrapped = await times(10, () => under.service.wrap(tenantsOf(owner), by('acme')));
    expect(under.leases.size).toBeLessThanOrEqual(4); // three that are open, and the last one that wraps
    const opened = await Promise.all(
      wrapped.map(({ edek }) => under.service.unwrap(tenantsOf(owner), by('acme'), edek)),
    );
    expect(opened.map(hex)).toEqual(wrapped.map(dekOf));
  });
});

describe('keys in memory', () => {
  test('are overwritten when they expire, also without a request for them', async () => {
    const tenants = tenantsOf(acme({ maxAgeS: 600, openS: 60 }), tenant('globex'));
    await under.service.wrap(tenants, by('acme'));
    const sizes: number[] = [];
    for (const seconds of [0, 59, 1, 539, 1]) {
      passes(seconds);
      // oxlint-disable-next-line no-await-in-loop -- time passes; any tenant's operation will do
      await codeOf(
        under.service.unwrap(tenants, by('globex'), leasedEdek(1, leasedPrefix(1, Buffer.from('x')), Buffer.alloc(60))),
      );
      sizes.push(under.leases.size);
    }
    expect(sizes).toEqual([2, 2, 1, 1, 0]); // the lease that wraps, and the same as one that was opened
  });

  test('are gone after close', async () => {
    await under.service.wrap(tenantsOf(acme()), by('acme'));
    under.leases.close();
    expect(under.leases.size).toBe(0);
  });
});

describe('when a tenant takes its KMS key away', () => {
  test('the first refusal ends every lease of the configuration, and of no other', async () => {
    const tenants = tenantsOf(acme({ maxUses: 1 }), tenant('globex', { leasing: LEASING }));
    const [first] = await times(2, () => under.service.wrap(tenants, by('acme')));
    await under.service.wrap(tenants, by('globex'));
    under.kms.fail('deny', { key: 'memory:acme' });
    // Both leases are open; the third, for a wrap, is refused.
    expect(await codeOf(under.service.wrap(tenants, by('acme')))).toBe('KMS_AUTHORIZATION_FAILED');
    expect(await codeOf(under.service.unwrap(tenants, by('acme'), first!.edek))).toBe('KMS_AUTHORIZATION_FAILED');
    expect(under.leases.size).toBe(2);
  });

  test('unwraps stop within openS, under load, and work again when the key is back', async () => {
    const openS = 300;
    const tenants = tenantsOf(acme({ openS }), tenant('globex', { leasing: LEASING }));
    const edeks = new Map<string, Uint8Array>();
    for (const id of ['acme', 'globex']) {
      // oxlint-disable-next-line no-await-in-loop -- two
      edeks.set(id, (await under.service.wrap(tenants, by(id))).edek);
    }
    const load = async (id: string): Promise<unknown[]> => {
      const codes = await times(50, () => codeOf(under.service.unwrap(tenants, by(id), edeks.get(id)!)));
      return [...new Set(codes)];
    };
    expect(await load('acme')).toEqual(['answered']);
    under.kms.fail('deny', { key: 'memory:acme' });
    const outcomes: unknown[][] = [];
    for (let second = 0; second <= openS + 60; second += 10) {
      // oxlint-disable-next-line no-await-in-loop -- time passes
      const [codes, others] = await Promise.all([load('acme'), load('globex')]);
      outcomes.push([second, ...codes]);
      expect(others).toEqual(['answered']);
      passes(10);
    }
    expect(outcomes).toEqual(
      outcomes.map(([second]) => [second, Number(second) < openS ? 'answered' : 'KMS_AUTHORIZATION_FAILED']),
    );
    expect(outcomes.length).toBeGreaterThan(openS / 10);
    // The first refusal has ended the lease that wraps, too.
    expect(await codeOf(under.service.wrap(tenants, by('acme')))).toBe('KMS_AUTHORIZATION_FAILED');
    under.kms.heal();
    expect(await load('acme')).toEqual(['answered']);
  });

  test('each refused unwrap is recorded', async () => {
    const tenants = tenantsOf(acme());
    const { edek } = await under.service.wrap(tenants, by('acme'));
    passes(LEASING.openS);
    under.kms.fail('deny');
    under.events.length = 0;
    await times(40, () => codeOf(under.service.unwrap(tenants, by('acme'), edek)));
    expect(tally(under.events)).toEqual({ 'Refused to decrypt an EDEK: KMS_AUTHORIZATION_FAILED.': 40 });
  });

  test('a KMS that cannot be reached stops unwraps that need it, and leaves the lease that wraps', async () => {
    const tenants = tenantsOf(acme());
    const { edek } = await under.service.wrap(tenants, by('acme'));
    passes(LEASING.openS);
    under.kms.fail('unreachable');
    expect(await codeOf(under.service.unwrap(tenants, by('acme'), edek))).toBe('KMS_UNREACHABLE');
    expect(await codeOf(under.service.wrap(tenants, by('acme')))).toBe('answered');
  });
});

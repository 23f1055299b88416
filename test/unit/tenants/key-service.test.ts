// The use cases of the key service: replies, events and refusals.
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import type { EventDraft } from '../../../lib/events/event.ts';
import { directEdek, parseEdek } from '../../../lib/tenants/edek.ts';
import { TenantError } from '../../../lib/tenants/errors.ts';
import { KeyService } from '../../../lib/tenants/key-service.ts';
import type { KmsConfiguration, Tenant, Tenants } from '../../../lib/tenants/model.ts';
import {
  by,
  configuration,
  dekOf,
  hex,
  keyServiceUnderTest,
  type KeyServiceUnderTest,
  LEASING,
  messages,
  tally,
  tenant,
  tenantsOf,
  withSecrets,
} from '../../support/key-service.ts';

let under: KeyServiceUnderTest;

beforeEach(() => {
  under = keyServiceUnderTest();
});

const refusal = (code: TenantError['code'] | 'EVENT_NOT_DURABLE') => expect.objectContaining({ code });
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  );
const names = (events: readonly EventDraft[]): (readonly [string, unknown])[] =>
  events.map(({ tenantId, iclFields: { event } }) => [tenantId, event]);

describe.each([
  ['without leasing', undefined, 'DEK encrypted via KMS.', 'EDEK decrypted via KMS.'],
  ['with leasing', LEASING, 'Encrypted a DEK using a leased key.', 'Decrypted an EDEK using a leased key.'],
])('a tenant %s', (_, leasing, wrapped, unwrapped) => {
  const tenants = (): Tenants => tenantsOf(tenant('acme', { leasing }), tenant('globex', { leasing }));

  test('gets back the key that was wrapped: 32 bytes, different each time', async () => {
    const one = await under.service.wrap(tenants(), by('acme'));
    const other = await under.service.wrap(tenants(), by('acme'));
    expect(one.dek.expose()).toHaveLength(32);
    expect(dekOf(one)).not.toBe(dekOf(other));
    expect(hex(await under.service.unwrap(tenants(), by('acme'), one.edek))).toBe(dekOf(one));
  });

  test('finds the caller and its reason in the events', async () => {
    const metadata = {
      tenantId: 'acme',
      iclFields: { requestingId: 'ann', dataLabel: 'PII', requestId: 'r1', tspRayId: 'G3nphyPNTcOv1l6W' },
      customFields: { ticket: '7' },
    };
    const { edek } = await under.service.wrap(tenants(), metadata);
    await under.service.unwrap(tenants(), metadata, edek);
    const [first, last] = [under.events.find(({ iclFields }) => iclFields['logMsg'] === wrapped), under.events.at(-1)];
    expect(first).toEqual({
      ...metadata,
      iclFields: { ...metadata.iclFields, event: 'DATA_ENCRYPT', logMsg: wrapped },
    });
    expect(last).toEqual({
      ...metadata,
      iclFields: { ...metadata.iclFields, event: 'DATA_DECRYPT', logMsg: unwrapped },
    });
  });

  test('cannot open the keys of another tenant', async () => {
    const { edek } = await under.service.wrap(tenants(), by('acme'));
    under.events.length = 0;
    await expect(under.service.unwrap(tenants(), by('globex'), edek)).rejects.toEqual(refusal('INVALID_PROVIDED_EDEK'));
    expect(messages(under.events)).toEqual(['Refused to decrypt an EDEK: INVALID_PROVIDED_EDEK.']);
  });

  test('has an event for each id of a batch, with its id', async () => {
    const ids = new Set(['a', 'b', '__proto__']);
    const { keys, failures } = await under.service.batchWrap(tenants(), by('acme'), ids);
    expect([keys.size, failures.size]).toEqual([3, 0]);
    const edeks = new Map([...keys].map(([id, { edek }]) => [id, edek]));
    const opened = await under.service.batchUnwrap(tenants(), by('acme'), edeks);
    expect([...opened.keys].map(([id, dek]) => [id, hex(dek)])).toEqual([...keys].map(([id, key]) => [id, dekOf(key)]));
    for (const text of [wrapped, unwrapped]) {
      const told = under.events.filter(({ iclFields }) => iclFields['logMsg'] === text);
      expect(told.map(({ iclFields }) => iclFields['documentId'])).toEqual(['a', 'b', '__proto__']);
    }
  });

  test('can rekey to another tenant: an unwrap by the one and a wrap by the other', async () => {
    const first = await under.service.wrap(tenants(), by('acme'));
    under.events.length = 0;
    const second = await under.service.rekey(tenants(), by('acme'), first.edek, 'globex');
    expect(dekOf(second)).toBe(dekOf(first));
    expect(names(under.events).filter(([, event]) => String(event).startsWith('DATA'))).toEqual([
      ['acme', 'DATA_DECRYPT'],
      ['globex', 'DATA_ENCRYPT'],
    ]);
    expect(hex(await under.service.unwrap(tenants(), by('globex'), second.edek))).toBe(dekOf(first));
    await expect(under.service.unwrap(tenants(), by('acme'), second.edek)).rejects.toEqual(
      refusal('INVALID_PROVIDED_EDEK'),
    );
  });

  test('gets no key without a durable event; the key is overwritten', async () => {
    const { dek, edek } = await under.service.wrap(tenants(), by('acme'));
    expect(dek.expose().some((byte) => byte !== 0)).toBe(true);
    under.sink.down = true;
    const calls = [
      () => under.service.wrap(tenants(), by('acme')),
      () => under.service.unwrap(tenants(), by('acme'), edek),
      () => under.service.batchWrap(tenants(), by('acme'), new Set(['a'])),
      () => under.service.batchUnwrap(tenants(), by('acme'), new Map([['a', edek]])),
      () => under.service.rekey(tenants(), by('acme'), edek, 'globex'),
      () => under.service.reportOperations(tenants(), by('acme'), [{ edek, wraps: 1, unwraps: 1 }]),
      () => under.service.unwrap(tenants(), by('acme'), Buffer.from('no EDEK')),
    ];
    for (const call of calls) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await expect(call()).rejects.toEqual(refusal('EVENT_NOT_DURABLE'));
    }
  });
});

const down = { accept: () => Promise.reject(new TypeError('down')) };

/** The service over a KMS that shows every plaintext it gives out. */
function watched(): { service: KeyService; given: Secret[] } {
  const given: Secret[] = [];
  const { kms, leases } = under;
  const watching = {
    generate: async (...args: Parameters<typeof kms.generate>) => {
      const made = await kms.generate(...args);
      given.push(made.plaintext);
      return made;
    },
    wrap: (...args: Parameters<typeof kms.wrap>) => kms.wrap(...args),
    unwrap: async (...args: Parameters<typeof kms.unwrap>) => {
      const opened = await kms.unwrap(...args);
      given.push(opened);
      return opened;
    },
  };
  return { service: new KeyService({ kms: watching, leases, random: randomBytes, events: down }), given };
}

describe('keys that are not returned are overwritten', () => {
  test.each(['wrap', 'unwrap', 'batchWrap', 'batchUnwrap', 'rekey'] as const)('by %s', async (operation) => {
    const tenants = tenantsOf(tenant('acme'));
    const { edek } = await under.service.wrap(tenants, by('acme'));
    const { service, given } = watched();
    const calls = {
      wrap: () => service.wrap(tenants, by('acme')),
      unwrap: () => service.unwrap(tenants, by('acme'), edek),
      batchWrap: () => service.batchWrap(tenants, by('acme'), new Set(['a', 'b'])),
      batchUnwrap: () => service.batchUnwrap(tenants, by('acme'), new Map([['a', edek]])),
      rekey: () => service.rekey(tenants, by('acme'), edek, 'acme'),
    };
    await expect(calls[operation]()).rejects.toThrow('down');
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((key) => key.expose().some((byte) => byte !== 0))).toEqual([]);
  });
});

test('overwrites the document key when the lease fails', async () => {
  const drawn: Buffer[] = [];
  const random = (bytes: number): Buffer => {
    drawn.push(randomBytes(bytes));
    return drawn.at(-1)!;
  };
  const { kms, leases } = under;
  const service = new KeyService({ kms, leases, random, events: { accept: () => Promise.resolve() } });
  kms.fail('unreachable');
  const tenants = tenantsOf(tenant('acme', { leasing: LEASING }));
  await expect(service.wrap(tenants, by('acme'))).rejects.toEqual(refusal('KMS_UNREACHABLE'));
  expect(drawn).toEqual([Buffer.alloc(32)]);
});

test('records an unexpected failure as UNKNOWN_ERROR, without its text', async () => {
  const { kms, leases, events, log } = under;
  const failing = { ...kms, generate: () => Promise.reject(new TypeError('PROBE')) };
  const service = new KeyService({ kms: failing, leases, random: randomBytes, events: log });
  await expect(service.wrap(tenantsOf(tenant('acme')), by('acme'))).rejects.toThrow(TypeError);
  expect(messages(events)).toEqual(['Refused to encrypt a DEK: UNKNOWN_ERROR.']);
});

const acmeWith = (...kms: KmsConfiguration[]): Tenants => tenantsOf(tenant('acme', { kms }));

describe('the configuration', () => {
  const old = configuration(1);
  const today = configuration(2, { primary: true });
  test('is the primary one for a wrap, and the one that the EDEK names for an unwrap', async () => {
    const before = await under.service.wrap(acmeWith({ ...old, primary: true }), by('acme'));
    const after = await under.service.wrap(acmeWith(old, today), by('acme'));
    expect([before, after].map(({ edek }) => parseEdek(edek).configuration)).toEqual([1, 2]);
    expect(hex(await under.service.unwrap(acmeWith(old, today), by('acme'), before.edek))).toBe(dekOf(before));
  });

  test('changes to the current primary one by a rekey to the same tenant', async () => {
    const before = await under.service.wrap(acmeWith({ ...old, primary: true }), by('acme'));
    const after = await under.service.rekey(acmeWith(old, today), by('acme'), before.edek, 'acme');
    expect([parseEdek(after.edek).configuration, dekOf(after)]).toEqual([2, dekOf(before)]);
  });

  test.each<[string, KmsConfiguration[], TenantError['code'] | undefined, TenantError['code'] | undefined]>([
    ['without a primary', [old], 'NO_PRIMARY_KMS_CONFIGURATION', undefined],
    ['whose primary is disabled', [old, { ...today, state: 'disabled' }], 'NO_PRIMARY_KMS_CONFIGURATION', undefined],
    [
      'that the EDEK names is disabled',
      [{ ...old, state: 'disabled' }, today],
      undefined,
      'KMS_CONFIGURATION_DISABLED',
    ],
    [
      'that the EDEK names is archived',
      [{ ...old, state: 'archived' }, today],
      undefined,
      'KMS_CONFIGURATION_DISABLED',
    ],
    ['that the EDEK names is unknown', [today], undefined, 'INVALID_PROVIDED_EDEK'],
    [
      'at all is active',
      [{ ...old, state: 'archived' }],
      'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS',
      'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS',
    ],
  ])('of a tenant %s decides how wrap and unwrap fail', async (_, kms, wrapCode, unwrapCode) => {
    const { edek } = await under.service.wrap(acmeWith({ ...old, primary: true }), by('acme'));
    for (const [work, code] of [
      [() => under.service.wrap(acmeWith(...kms), by('acme')), wrapCode],
      [() => under.service.unwrap(acmeWith(...kms), by('acme'), edek), unwrapCode],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- two
      expect(await codeOf(work())).toBe(code);
    }
  });
});

describe('a key of another kind', () => {
  test('is not opened as a document key if it is a leased key', async () => {
    const tenants = tenantsOf(tenant('acme', { leasing: LEASING }));
    const edek = parseEdek((await under.service.wrap(tenants, by('acme'))).edek);
    const lease = edek.mode === 'leased' ? edek.lease : Buffer.alloc(0);
    const disguised = directEdek(1, lease);
    await expect(under.service.unwrap(tenants, by('acme'), disguised)).rejects.toEqual(
      refusal('INVALID_PROVIDED_EDEK'),
    );
  });

  test('is not opened as a document key if it is a tenant secret', async () => {
    const owner = await withSecrets(under.kms, tenant('acme'), 1);
    const call = under.service.unwrap(tenantsOf(owner), by('acme'), owner.secrets[0]!.edek);
    await expect(call).rejects.toEqual(refusal('INVALID_PROVIDED_EDEK'));
  });
});

describe('a batch', () => {
  const tenants = tenantsOf(tenant('acme'), tenant('nowhere', { kms: [configuration(1)] }));
  const ids = new Set(Array.from({ length: 100 }, (_, i) => `d${i}`));

  test('returns the keys that succeed and the reason of each failure', async () => {
    const { edek } = await under.service.wrap(tenants, by('acme'));
    const altered = Buffer.from(edek);
    altered[20]! ^= 1;
    const edeks = new Map([
      ['good', edek],
      ['altered', altered],
      ['empty', Buffer.alloc(0)],
    ]);
    under.events.length = 0;
    const { keys, failures } = await under.service.batchUnwrap(tenants, by('acme'), edeks);
    expect([[...keys.keys()], [...failures]]).toEqual([
      ['good'],
      expect.arrayContaining([
        ['altered', refusal('INVALID_PROVIDED_EDEK')],
        ['empty', refusal('INVALID_PROVIDED_EDEK')],
      ]),
    ]);
    expect(tally(under.events)).toEqual({
      'EDEK decrypted via KMS.': 1,
      'Refused to decrypt an EDEK: INVALID_PROVIDED_EDEK.': 2,
    });
  });

  test('does not call a refusing KMS a hundred times, and records each refusal', async () => {
    under.kms.fail('deny');
    const { failures } = await under.service.batchWrap(tenants, by('acme'), ids);
    expect(failures.size).toBe(100);
    expect(under.kms.count()).toBeLessThanOrEqual(16);
    expect(tally(under.events)).toEqual({ 'Refused to encrypt a DEK: KMS_AUTHORIZATION_FAILED.': 100 });
  });

  test('continues with the others when some are throttled', async () => {
    under.kms.fail('throttle', { times: 30 });
    const { keys, failures } = await under.service.batchWrap(tenants, by('acme'), ids);
    expect([keys.size, failures.size]).toEqual([70, 30]);
  });

  test.each([
    ['nobody', 'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS'],
    ['nowhere', 'NO_PRIMARY_KMS_CONFIGURATION'],
  ] as const)('is refused as a whole for what is wrong with the tenant %s', async (id, code) => {
    await expect(under.service.batchWrap(tenants, by(id), ids)).rejects.toEqual(refusal(code));
    expect(under.events.map(({ iclFields }) => [iclFields['logMsg'], iclFields['count']])).toEqual([
      [`Refused to encrypt a DEK: ${code}.`, 100],
    ]);
  });
});

describe('rekey', () => {
  test('unwraps no key that it could not wrap again', async () => {
    const tenants = tenantsOf(tenant('acme'), tenant('other', { kms: [configuration(1)] }));
    const { edek } = await under.service.wrap(tenants, by('acme'));
    under.events.length = 0;
    await expect(under.service.rekey(tenants, by('acme'), edek, 'other')).rejects.toEqual(
      refusal('NO_PRIMARY_KMS_CONFIGURATION'),
    );
    expect(under.kms.count({ method: 'unwrap' })).toBe(0);
    expect(names(under.events)).toEqual([['other', 'DATA_DENY_ACCESS']]);
  });

  test('records the unwrap when the wrap fails', async () => {
    const tenants = tenantsOf(tenant('acme'), tenant('globex'));
    const { edek } = await under.service.wrap(tenants, by('acme'));
    under.events.length = 0;
    under.kms.fail('unreachable', { key: 'memory:globex' });
    await expect(under.service.rekey(tenants, by('acme'), edek, 'globex')).rejects.toEqual(refusal('KMS_UNREACHABLE'));
    expect(names(under.events)).toEqual([
      ['acme', 'DATA_DECRYPT'],
      ['globex', 'DATA_DENY_ACCESS'],
    ]);
  });
});

describe('reported operations', () => {
  const tenants = tenantsOf(tenant('acme'));

  test('are one event per EDEK and direction, with the count', async () => {
    const { edek } = await under.service.wrap(tenants, by('acme'));
    under.events.length = 0;
    await under.service.reportOperations(tenants, by('acme'), [
      { edek, wraps: 3, unwraps: 0 },
      { edek, wraps: 1, unwraps: 40 },
    ]);
    expect(under.events.map(({ iclFields: { event, logMsg, count } }) => [event, logMsg, count])).toEqual([
      ['DATA_ENCRYPT', 'Encrypted using a cached key.', 3],
      ['DATA_ENCRYPT', 'Encrypted using a cached key.', 1],
      ['DATA_DECRYPT', 'Decrypted using a cached key.', 40],
    ]);
    expect(under.kms.count()).toBe(1);
  });

  test('are refused for an EDEK of another tenant', async () => {
    const uses = [{ edek: Buffer.from('x'), wraps: 1, unwraps: 1 }];
    await expect(under.service.reportOperations(tenants, by('acme'), uses)).rejects.toEqual(
      refusal('INVALID_PROVIDED_EDEK'),
    );
    expect(messages(under.events)).toEqual(['Refused a report of operations: INVALID_PROVIDED_EDEK.']);
  });
});

describe('deriving keys', () => {
  const PATHS = new Map([
    ['ssn', new Set(['a', 'b'])],
    ['name', new Set(['a'])],
  ]);
  const KIND = { derivationType: 'sha512', secretType: 'deterministic' } as const;

  const derive = (owner: Tenant, paths: typeof PATHS = PATHS, kind: Parameters<KeyService['derive']>[3] = KIND) =>
    under.service.derive(tenantsOf(owner), by(owner.id), paths, kind);
  const keyOf = async (owner: Tenant, path: string, derivation: string, kind?: Parameters<KeyService['derive']>[3]) => {
    const { keys } = await derive(owner, new Map([[path, new Set([derivation])]]), kind);
    return hex(keys.get(path)!.get(derivation)!.at(-1)!.derivedKey);
  };

  test('returns 64 bytes for each path and secret, one of them current', async () => {
    const owner = await withSecrets(under.kms, tenant('acme'), 2);
    const { hasPrimaryConfig, keys } = await derive(owner);
    expect(hasPrimaryConfig).toBe(true);
    expect([...keys].map(([path, byPath]) => [path, [...byPath.keys()]])).toEqual([
      ['ssn', ['a', 'b']],
      ['name', ['a']],
    ]);
    const lists = [...keys.values()].flatMap((byPath) => [...byPath.values()]);
    for (const list of lists) {
      expect(list.map(({ tenantSecretId, current }) => [tenantSecretId, current])).toEqual([
        [2, true],
        [1, false],
      ]);
    }
    const all = lists.flat().map(({ derivedKey }) => hex(derivedKey));
    expect(all.map(({ length }) => length)).toEqual(all.map(() => 128));
    expect(new Set(all).size).toBe(6);
  });

  test('returns the same key again, and another for each path, kind, digest and tenant', async () => {
    const owner = await withSecrets(under.kms, tenant('acme'), 1);
    const other = await withSecrets(under.kms, tenant('globex'), 1);
    const [one, again] = [await keyOf(owner, 'p', 'd'), await keyOf(owner, 'p', 'd')];
    expect(one).toBe(again);
    const others = await Promise.all([
      keyOf(owner, 'p', 'e'),
      keyOf(owner, 'q', 'd'),
      keyOf(owner, 'p', 'd', { ...KIND, secretType: 'search' }),
      keyOf(owner, 'p', 'd', { ...KIND, secretType: 'vector' }),
      keyOf(owner, 'p', 'd', { ...KIND, derivationType: 'sha256' }),
      keyOf(other, 'p', 'd'),
    ]);
    expect(new Set([one, ...others]).size).toBe(7);
    expect(others[4]).toHaveLength(64);
  });

  test('lists the current key of each path first, then the others from the newest on', async () => {
    const owner = await withSecrets(under.kms, tenant('acme'), 4);
    const [first, second, third, fourth] = owner.secrets;
    const secrets = [
      { ...first!, current: false, archived: true as const },
      { ...second!, current: true, archived: ['ssn'] },
      { ...third!, path: 'ssn', current: true },
      { ...fourth!, path: 'ssn', current: false },
    ];
    const { keys } = await derive({ ...owner, secrets });
    const listed = (path: string) =>
      [...keys.get(path)!.values()].map((list) => list.map(({ tenantSecretId, current }) => [tenantSecretId, current]));
    expect(listed('ssn')).toEqual(
      Array.from({ length: 2 }, () => [
        [3, true],
        [4, false],
      ]),
    );
    expect(listed('name')).toEqual([[[2, true]]]);
    // The KMS was not asked for the archived one.
    expect(under.kms.count({ method: 'unwrap' })).toBe(3);
  });

  test('records an event with the count, and one for each secret that the KMS opened', async () => {
    const owner = await withSecrets(under.kms, tenant('acme', { leasing: LEASING }), 2);
    await derive(owner);
    await derive(owner);
    expect(under.events.map(({ iclFields: { event, logMsg, count } }) => [event, logMsg, count])).toEqual([
      ['CUSTOM_DECRYPT_TENANT_SECRET', 'Decrypted a tenant secret via KMS.', undefined],
      ['CUSTOM_DECRYPT_TENANT_SECRET', 'Decrypted a tenant secret via KMS.', undefined],
      ['CUSTOM_DERIVE_KEYS', 'Derived keys from the tenant secrets.', 3],
      ['CUSTOM_DERIVE_KEYS', 'Derived keys from the tenant secrets.', 3],
    ]);
    under.clock.nowMs += 1000 * LEASING.openS;
    under.kms.fail('deny');
    await expect(derive(owner)).rejects.toEqual(refusal('KMS_AUTHORIZATION_FAILED'));
  });

  test('calls the KMS each time without leasing', async () => {
    const owner = await withSecrets(under.kms, tenant('acme'), 1);
    await derive(owner);
    await derive(owner);
    expect(under.kms.count({ method: 'unwrap' })).toBe(2);
  });

  test('says when new values cannot be encrypted', async () => {
    const owner = await withSecrets(under.kms, tenant('acme'), 1);
    const retired = { ...owner, kms: owner.kms.map((one) => ({ ...one, primary: false })) };
    expect((await derive(retired)).hasPrimaryConfig).toBe(false);
  });

  test('is refused to a tenant without a secret', async () => {
    const derived = derive(tenant('acme'));
    await expect(derived).rejects.toEqual(refusal('KMS_CONFIGURATION_INVALID'));
    await expect(derived).rejects.toThrow('The tenant has no secret that keys could be derived from');
  });
});

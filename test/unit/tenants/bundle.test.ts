import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import { sealBundle } from '../../../lib/crypto/sealed-bundle.ts';
import { isApiKey } from '../../../lib/tenants/api-keys.ts';
import { openTenants, openTenantsContent, sealTenants } from '../../../lib/tenants/bundle.ts';
import { destroyTenants, type TenantsContent } from '../../../lib/tenants/content.ts';
import { TenantsError } from '../../../lib/tenants/errors.ts';
import type { SinkSettings } from '../../../lib/tenants/model.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import { changed } from '../../support/policy.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';
import { API_KEY, SECRETS, TENANTS } from '../../support/tenants.ts';

const keys = memoryKeyService();
const contentAfter = (document: unknown, before?: TenantsContent) =>
  nextContent(parseTenants(document, SECRETS), SECRETS, before);
const seal = (content: TenantsContent, version = 1) =>
  sealTenants(keys, content, { version, createdAt: new Date(0) }, randomBytes(12));

describe('sealed tenants', () => {
  test('open to the document, with the values of its secrets', async () => {
    const tenants = await openTenants(keys, await seal(contentAfter(TENANTS), 7));
    expect(tenants).toMatchObject({ version: 7, unconfigured: 'stdout', apiKeys: [{ id: 'app' }] });
    expect(isApiKey(tenants, API_KEY)).toBe(true);
    expect([...tenants.tenants.keys()]).toEqual(['acme', 'globex']);
    const { kms, leasing, sinks, dataStores } = tenants.tenants.get('acme')!;
    expect(kms.map(({ id, state, primary }) => [id, state, primary])).toEqual([
      [1, 'active', false],
      [2, 'active', true],
    ]);
    expect([leasing, dataStores]).toEqual([{ maxAgeS: 3600, maxUses: 1_000_000, openS: 300 }, ['SAMPLE_POLICY']]);
    expect(tenants.tenants.get('globex')).toMatchObject({ leasing: undefined, sinks: [], secrets: [] });
    const [splunk, datadog, otlp] = sinks.map(({ settings }) => settings) as [
      SinkSettings & { kind: 'splunk' },
      SinkSettings & { kind: 'datadog' },
      SinkSettings & { kind: 'otlp' },
    ];
    expect(sinks[0]).toMatchObject({ name: 'siem', enabled: true, format: 'native', exclude: [] });
    expect(Buffer.from(splunk.token.expose()).toString()).toBe(SECRETS.get('acme-splunk'));
    expect(Buffer.from(datadog.apiKey.expose()).toString()).toBe(SECRETS.get('acme-datadog'));
    expect(Buffer.from(otlp.headers['authorization']!.expose()).toString()).toBe(SECRETS.get('acme-search'));
    expect(sinks[2]!.enabled).toBe(false);
  });

  test('show no secret in the sealed file, nor when the opened tenants are printed', async () => {
    const bundle = await seal(contentAfter(TENANTS));
    const opened = await openTenants(keys, bundle);
    const shown = [
      JSON.stringify(bundle),
      inspect(opened, { depth: 20 }),
      JSON.stringify([...opened.tenants.values()]),
    ];
    for (const value of SECRETS.values()) for (const text of shown) expect(text).not.toContain(value);
    expect(shown[1]).toContain('[secret]');
  });

  test('hold the digests of API keys, not the keys', async () => {
    const { content } = await openTenantsContent(keys, await seal(contentAfter(TENANTS)));
    expect(JSON.stringify(content)).not.toContain(API_KEY);
  });

  test('are overwritten, secret by secret, when they are no longer used', async () => {
    const tenants = await openTenants(keys, await seal(contentAfter(TENANTS)));
    const secrets: Secret[] = [];
    const collect = (value: unknown): void => {
      if (value instanceof Secret) secrets.push(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
    };
    for (const { sinks } of tenants.tenants.values()) collect(sinks);
    destroyTenants(tenants);
    expect(secrets).toHaveLength(3);
    for (const secret of secrets) expect(new Set(secret.expose())).toEqual(new Set([0]));
  });

  test.each<[string, object]>([
    ['another version in front', { version: 2 }],
    ['another time in front', { createdAt: new Date(1).toISOString() }],
    ['another content', { ciphertext: 'AAAA' }],
  ])('are refused with %s', async (_, change) => {
    const bundle = { ...(await seal(contentAfter(TENANTS))), ...change };
    const code = 'version' in change ? 'KEY_REFUSED' : 'BUNDLE_TAMPERED';
    await expect(openTenants(keys, bundle)).rejects.toMatchObject({ code });
  });
});

test('refuses a bundle of another kind under the same context', async () => {
  const bundle = await sealBundle(keys, { purpose: 'tenants', version: '1' }, { version: 1 }, {}, randomBytes(12));
  await expect(openTenants(keys, bundle)).rejects.toMatchObject({
    code: 'BUNDLE_MALFORMED',
    message: 'This is a sealed bundle, but no sealed tenants',
  });
});

describe('the next sealing', () => {
  const before = contentAfter(TENANTS);

  test.each<[string, readonly (string | number)[], unknown, string]>([
    [
      'another key of a configuration',
      ['tenants', 0, 'kms', 0, 'key'],
      'insecure-local:new',
      '$.tenants[0].kms[0].key',
    ],
    ['a configuration that is gone', ['tenants', 0, 'kms'], [TENANTS.tenants[0].kms[1]], '$.tenants[0].kms'],
  ])('refuses %s', (_, path, value, at) => {
    const work = () => contentAfter(changed(TENANTS, path, value), before);
    expect(work).toThrow(TenantsError);
    expect(work).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path: at })] }));
  });

  test('accepts an archived and a new configuration', () => {
    const kms = [
      { id: 1, key: 'insecure-local:acme-old', state: 'archived' },
      { id: 2, key: 'insecure-local:acme' },
      { id: 3, key: 'insecure-local:acme-new', primary: true },
    ];
    const { tenants } = contentAfter(changed(TENANTS, ['tenants', 0, 'kms'], kms), before);
    expect(tenants[0]!.kms.map(({ id, state }) => [id, state])).toEqual([
      [1, 'archived'],
      [2, 'active'],
      [3, 'active'],
    ]);
  });

  test('remembers a removed tenant, and refuses its return with another key, also one sealing later', () => {
    const secrets = [{ id: 9, edek: 'AQ==', current: true }];
    const held = { ...before, tenants: before.tenants.map((tenant) => ({ ...tenant, secrets })) };
    const without = { ...TENANTS, tenants: [TENANTS.tenants[0]] };
    const later = contentAfter(without, contentAfter(without, held));
    expect(later.former).toEqual([expect.objectContaining({ id: 'globex', secrets })]);
    expect(contentAfter(TENANTS, later)).toMatchObject({
      tenants: [{ secrets }, { id: 'globex', secrets }],
      former: [],
    });
    const returned = changed(TENANTS, ['tenants', 1, 'kms', 0, 'key'], 'insecure-local:else');
    expect(() => contentAfter(returned, later)).toThrow(TenantsError);
  });
});

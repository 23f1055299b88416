import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { TenantsContent } from '../../../lib/tenants/content.ts';
import { parseEdek } from '../../../lib/tenants/edek.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import type { TenantKms } from '../../../lib/tenants/ports.ts';
import { roleOf } from '../../../lib/tenants/secret-roles.ts';
import { archiveSecret, movesOf, reviveSecret, rotateSecret, withSecrets } from '../../../lib/tenants/secrets.ts';
import { openTenantSecret } from '../../../lib/tenants/tenant-secret.ts';
import { type MemoryTenantKms, memoryTenantKms } from '../../support/memory-tenant-kms.ts';
import { changed } from '../../support/policy.ts';
import { SECRETS, TENANTS } from '../../support/tenants.ts';

const contentAfter = (document: unknown, before?: TenantsContent) =>
  nextContent(parseTenants(document, SECRETS), SECRETS, before);
const secretsOf = ({ tenants }: TenantsContent, id: string) => tenants.find((one) => one.id === id)!.secrets;
const configurationsOf = (content: TenantsContent, id: string) =>
  secretsOf(content, id).map(({ edek }) => parseEdek(Buffer.from(edek, 'base64')).configuration);

/** The secret itself, in hexadecimal. */
async function opened(content: TenantsContent, id: string, kms: MemoryTenantKms, index = 0): Promise<string> {
  const tenant = content.tenants.find((one) => one.id === id)!;
  const edek = Buffer.from(tenant.secrets[index]!.edek, 'base64');
  const { configuration } = parseEdek(edek);
  const secret = await openTenantSecret(kms, id, tenant.kms.find((one) => one.id === configuration)!, edek);
  return Buffer.from(secret.expose()).toString('hex');
}

/** `acme` with the primary configuration 3, and its configuration 2 in a state. */
const moved = (state: string) =>
  changed(
    TENANTS,
    ['tenants', 0, 'kms'],
    [
      { id: 1, key: 'insecure-local:acme-old' },
      { id: 2, key: 'insecure-local:acme', state },
      { id: 3, key: 'insecure-local:acme-new', primary: true },
    ],
  );

describe('secrets of tenants', () => {
  test('are made once, under the primary configuration, and kept', async () => {
    const kms = memoryTenantKms();
    const first = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
    expect([first.made, configurationsOf(first.content, 'acme'), kms.calls.length]).toEqual([
      ['acme', 'globex'],
      [2],
      2,
    ]);
    expect(secretsOf(first.content, 'acme')).toEqual([expect.objectContaining({ current: true })]);
    const again = await withSecrets(contentAfter(TENANTS, first.content), kms, randomBytes);
    expect([again.made, again.rewrapped, kms.calls.length]).toEqual([[], [], 2]);
    expect(again.content).toEqual(first.content);
  });

  test('are not made for a tenant without a primary configuration', async () => {
    const document = changed(TENANTS, ['tenants', 1, 'kms', 0, 'primary'], false);
    const { content, made } = await withSecrets(contentAfter(document), memoryTenantKms(), randomBytes);
    expect([made, secretsOf(content, 'globex')]).toEqual([['acme'], []]);
  });

  test('stay the same and are rewrapped by a new primary configuration', async () => {
    const kms = memoryTenantKms();
    const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
    const before = await opened(content, 'acme', kms);
    const after = await withSecrets(contentAfter(moved('active'), content), kms, randomBytes);
    expect([after.rewrapped, configurationsOf(after.content, 'acme')]).toEqual([['acme'], [3]]);
    expect(await opened(after.content, 'acme', kms)).toBe(before);
    kms.fail('deny', { key: 'insecure-local:acme' });
    expect(await opened(after.content, 'acme', kms)).toBe(before);
  });

  describe.each(['disabled', 'archived'])('of a configuration that becomes %s in the same edit', (state) => {
    const [oldKey, newKey] = ['insecure-local:acme', 'insecure-local:acme-new'];

    test('move to the new primary configuration, and check says so before', async () => {
      const kms = memoryTenantKms();
      const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
      const secret = await opened(content, 'acme', kms);
      const next = contentAfter(moved(state), content);
      expect(movesOf(next)).toEqual([{ tenantId: 'acme', from: 2, to: 3 }]);
      const after = await withSecrets(next, kms, randomBytes, content);
      expect([after.rewrapped, configurationsOf(after.content, 'acme')]).toEqual([['acme'], [3]]);
      expect(await opened(after.content, 'acme', kms)).toBe(secret);
      expect(movesOf(after.content)).toEqual([]);
    });

    test.each([oldKey, newKey])('refuse the sealing when the key %s does not let them move', async (key) => {
      const kms = memoryTenantKms();
      const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
      kms.fail('deny', { key });
      const sealing = withSecrets(contentAfter(moved(state), content), kms, randomBytes, content);
      await expect(sealing).rejects.toMatchObject({
        code: 'TENANTS_INVALID',
        problems: [{ path: '$.tenants[0].kms[1].state', message: expect.stringContaining('KMS_AUTHORIZATION_FAILED') }],
      });
    });

    test('are reported only, where an earlier release left them behind and the key is gone', async () => {
      const kms = memoryTenantKms();
      const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
      const left = contentAfter(moved(state), content);
      kms.fail('deny', { key: oldKey });
      const after = await withSecrets(contentAfter(moved(state), left), kms, randomBytes, left);
      expect(after.failures).toEqual([expect.objectContaining({ tenantId: 'acme' })]);
    });

    test('refuse the document when no configuration is primary, unless none is active', async () => {
      const { content } = await withSecrets(contentAfter(TENANTS), memoryTenantKms(), randomBytes);
      const after = (other: string) =>
        contentAfter(
          changed(
            TENANTS,
            ['tenants', 0, 'kms'],
            [
              { id: 1, key: 'insecure-local:acme-old', state: other },
              { id: 2, key: oldKey, state },
            ],
          ),
          content,
        );
      expect(() => after('active')).toThrow(
        expect.objectContaining({
          code: 'TENANTS_INVALID',
          problems: [{ path: '$.tenants[0].kms[1].state', message: expect.stringContaining('keep it active') }],
        }),
      );
      expect(secretsOf(after('disabled'), 'acme')).toEqual(secretsOf(content, 'acme'));
    });
  });

  test('stay beside one whose configuration is not there any more, when the KMS fails', async () => {
    const kms = memoryTenantKms();
    const old = { id: 1, key: 'insecure-local:acme-old' };
    const present = { id: 2, key: 'insecure-local:acme' };
    const sealedWith = async (configurations: readonly object[], before?: TenantsContent) =>
      withSecrets(
        contentAfter(changed(TENANTS, ['tenants', 0, 'kms'], configurations), before),
        kms,
        randomBytes,
        before,
      );
    const first = await sealedWith([{ ...old, primary: true }]);
    kms.fail('deny', { key: old.key });
    const second = await sealedWith([old, { ...present, primary: true }], first.content);
    const { content } = await rotateSecret(second.content, 'acme', kms, randomBytes);
    expect(configurationsOf(content, 'acme')).toEqual([1, 2]);
    kms.fail('deny', { key: present.key });
    const { tenants, ...others } = contentAfter(moved('active'), content);
    const without = tenants.map((one) => ({ ...one, kms: one.kms.filter(({ id }) => id !== 1) }));
    const after = await withSecrets({ ...others, tenants: without }, kms, randomBytes, content);
    expect(after.failures).toEqual([expect.objectContaining({ tenantId: 'acme' })]);
    expect(secretsOf(after.content, 'acme')).toEqual(secretsOf(content, 'acme'));
  });

  test('of a failing KMS are left to the next sealing, and other tenants are sealed', async () => {
    const kms = memoryTenantKms();
    kms.fail('deny', { key: 'insecure-local:acme' });
    const first = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
    expect(first.made).toEqual(['globex']);
    expect(first.failures).toEqual([expect.objectContaining({ tenantId: 'acme', code: 'KMS_AUTHORIZATION_FAILED' })]);
    kms.heal();
    expect((await withSecrets(first.content, kms, randomBytes)).made).toEqual(['acme']);
  });

  test('are kept unchanged when the KMS fails under a new primary configuration', async () => {
    const kms = memoryTenantKms();
    const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
    kms.fail('unreachable', { key: 'insecure-local:acme-new' });
    const after = await withSecrets(contentAfter(moved('active'), content), kms, randomBytes);
    expect([after.failures.length, secretsOf(after.content, 'acme')]).toEqual([1, secretsOf(content, 'acme')]);
  });

  test.each(['unreachable', undefined] as const)('do not stay in memory after a rewrap (%s)', async (fault) => {
    const kms = memoryTenantKms();
    const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
    if (fault !== undefined) kms.fail(fault, { key: 'insecure-local:acme-new' });
    const unwrapped: Uint8Array[] = [];
    const watched: TenantKms = {
      ...kms,
      async unwrap(...of) {
        const secret = await kms.unwrap(...of);
        unwrapped.push(secret.expose());
        return secret;
      },
    };
    await withSecrets(contentAfter(moved('active'), content), watched, randomBytes);
    expect(unwrapped.map((bytes) => bytes.every((byte) => byte === 0))).toEqual([true]);
  });
});

describe('a new secret', () => {
  test('is current, has its own id, and the others stay readable', async () => {
    const kms = memoryTenantKms();
    const { content } = await withSecrets(contentAfter(TENANTS), kms, randomBytes);
    const before = await opened(content, 'acme', kms);
    const { content: after, secretId } = await rotateSecret(content, 'acme', kms, randomBytes);
    expect(secretsOf(after, 'acme').map(({ current }) => current)).toEqual([false, true]);
    expect(secretsOf(after, 'acme')[1]!.id).toBe(secretId);
    expect([await opened(after, 'acme', kms, 0), await opened(after, 'acme', kms, 1)]).toEqual([
      before,
      expect.not.stringContaining(before),
    ]);
    expect(secretsOf(after, 'globex')).toEqual(secretsOf(content, 'globex'));
  });

  test('never has the id 0 or a used id', async () => {
    const { content } = await withSecrets(contentAfter(TENANTS), memoryTenantKms(), () => Uint8Array.of(0, 0, 0, 7));
    const draws = [0, 7, 8];
    const { secretId } = await rotateSecret(content, 'acme', memoryTenantKms(), () =>
      Uint8Array.of(0, 0, 0, draws.shift()!),
    );
    expect([secretId, draws]).toEqual([8, []]);
  });

  test.each<[string, unknown, string, string]>([
    ['an unknown tenant', TENANTS, 'nobody', 'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS'],
    [
      'a tenant without a primary configuration',
      changed(TENANTS, ['tenants', 1, 'kms', 0, 'primary'], false),
      'globex',
      'NO_PRIMARY_KMS_CONFIGURATION',
    ],
  ])('is refused for %s', async (_, document, tenant, code) => {
    const rotating = rotateSecret(contentAfter(document), tenant, memoryTenantKms(), randomBytes);
    await expect(rotating).rejects.toMatchObject({ code });
  });
});

/** The ids of the secrets that give keys for a path, the current one marked. */
const rolesAt = (content: TenantsContent, path: string): readonly string[] => {
  const secrets = secretsOf(content, 'acme');
  return secrets.flatMap((secret) => {
    const role = roleOf(secrets, secret, path);
    return role === undefined ? [] : [`${secret.id} ${role}`];
  });
};
const random = (id: number) => () => Uint8Array.of(0, 0, 0, id);

/** Content whose tenant has a secret for each of these paths, one after another. */
async function rotated(...paths: readonly (string | undefined)[]): Promise<TenantsContent> {
  const kms = memoryTenantKms();
  let { content } = await withSecrets(contentAfter(TENANTS), kms, random(1));
  for (const [i, path] of paths.entries()) {
    ({ content } = await rotateSecret(content, 'acme', kms, random(i + 2), path));
  }
  return content;
}

describe('a secret of one path', () => {
  test('is current for it, and the others keep theirs', async () => {
    const content = await rotated('ssn');
    expect(rolesAt(content, 'ssn')).toEqual(['1 former', '2 current']);
    expect(rolesAt(content, 'name')).toEqual(['1 current']);
  });

  test('is former after a rotation of all paths, and current again after one of its own', async () => {
    expect(rolesAt(await rotated('ssn', undefined), 'ssn')).toEqual(['1 former', '2 former', '3 current']);
    expect(rolesAt(await rotated('ssn', undefined), 'name')).toEqual(['1 former', '3 current']);
    const content = await rotated('ssn', undefined, 'ssn');
    expect(rolesAt(content, 'ssn')).toEqual(['1 former', '2 former', '3 former', '4 current']);
    expect(rolesAt(content, 'name')).toEqual(['1 former', '3 current']);
  });

  test('takes the place of the former one, which can be archived for the path and comes back', async () => {
    const archived = archiveSecret(await rotated('ssn'), 'acme', 1, 'ssn');
    expect(rolesAt(archived, 'ssn')).toEqual(['2 current']);
    expect(rolesAt(archived, 'name')).toEqual(['1 current']);
    expect(rolesAt(reviveSecret(archived, 'acme', 1), 'ssn')).toEqual(['1 former', '2 current']);
  });

  test('can be archived for all paths once it is former', async () => {
    const content = archiveSecret(await rotated('ssn', undefined), 'acme', 2);
    expect(rolesAt(content, 'ssn')).toEqual(['1 former', '3 current']);
    // Nothing is lost: a sealing keeps it, and its id is not used again.
    expect(secretsOf(contentAfter(TENANTS, content), 'acme')).toEqual(secretsOf(content, 'acme'));
  });

  test.each<[string, number, string | undefined, readonly (string | undefined)[], string]>([
    ['the current one of all paths', 1, undefined, [], 'is current'],
    ['the current one of all paths, for a path without its own', 1, 'name', ['ssn'], 'is current for this path'],
    ['the current one of a path', 2, 'ssn', ['ssn'], 'is current for this path'],
    ['the current one of a path, for all', 2, undefined, ['ssn'], 'is current'],
    ['one that there is not', 9, undefined, [], 'no secret 9'],
  ])('refuses to archive %s', async (_, id, path, rotations, message) => {
    const content = await rotated(...rotations);
    expect(() => archiveSecret(content, 'acme', id, path)).toThrow(
      expect.objectContaining({
        what: 'The change',
        problems: [{ path: '$.secrets', message: expect.stringContaining(message) }],
      }),
    );
  });
});

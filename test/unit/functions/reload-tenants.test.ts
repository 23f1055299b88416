import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { s3ObjectLocation } from '../../../functions/runtime/s3-location.ts';
import { currentTenants } from '../../../functions/runtime/reload/tenants.ts';
import { impatientS3Client } from '../../../lib/adapters/s3/client.ts';
import { KeyServiceError } from '../../../lib/crypto/ports.ts';
import { sealTenants } from '../../../lib/tenants/bundle.ts';
import { TenantsSourceError } from '../../../lib/tenants/errors.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import type { TenantsSource } from '../../../lib/tenants/ports.ts';
import { memoryKeyService } from '../../support/publication/memory-keys.ts';
import { SECRETS, TENANTS } from '../../support/tenants.ts';

const keys = memoryKeyService();
const content = nextContent(parseTenants(TENANTS, SECRETS), SECRETS, undefined);
const sealed = async (version: number): Promise<string> =>
  JSON.stringify(await sealTenants(keys, content, { version, createdAt: new Date(0) }, randomBytes(12)));

let now: number;
let retired: number[];
const options = { nowMs: () => now, retire: ({ version }: Tenants) => void retired.push(version) };
const versionOf = async (tenants: () => Promise<Tenants>): Promise<number> => (await tenants()).version;

beforeEach(() => {
  now = 0;
  retired = [];
});

describe('tenants in S3', () => {
  let held: string | TenantsSourceError;
  let reads: (string | undefined)[];
  const source: TenantsSource = {
    async read(known) {
      reads.push(known);
      await Promise.resolve();
      if (held instanceof TenantsSourceError) throw held;
      const tag = held.slice(-40);
      return tag === known ? undefined : { text: held, tag };
    },
  };
  const tenantsOf = (service = keys) => currentTenants('s3://bucket/key', service, { ...options, source });
  const unreachable = new TenantsSourceError('TENANTS_UNREACHABLE', 'no network');

  beforeEach(async () => {
    reads = [];
    held = await sealed(1);
  });

  test('are checked every 30 seconds at most, and downloaded only when they changed', async () => {
    const tenants = tenantsOf();
    await tenants();
    now = 29_999;
    await tenants();
    expect(reads).toEqual([undefined]);
    now = 30_000;
    held = await sealed(2);
    expect(await versionOf(tenants)).toBe(2);
    now = 60_000;
    await tenants();
    expect([reads.length, reads[2], retired]).toEqual([3, held.slice(-40), [1]]);
  });

  test('serve on for five minutes while S3 does not answer, are checked every 30 seconds, and then refuse', async () => {
    const tenants = tenantsOf();
    await tenants();
    held = unreachable;
    const served: number[] = [];
    for (now = 30_000; now < 300_000; now += 10_000) {
      // oxlint-disable-next-line no-await-in-loop -- time goes on in between
      served.push(await versionOf(tenants));
    }
    expect([served.length, new Set(served), reads.length]).toEqual([27, new Set([1]), 10]);
    now = 300_000;
    await expect(tenants()).rejects.toMatchObject({ code: 'TENANTS_UNREACHABLE' });
    held = await sealed(2);
    expect(await versionOf(tenants)).toBe(2);
  });

  test('are read by a client that makes 2 attempts of at most 2.5 seconds', async () => {
    const { maxAttempts, requestHandler } = impatientS3Client().config;
    expect(await maxAttempts()).toBe(2);
    // The handler settles its configuration at the first request, which this signal ends before it begins.
    const request = {} as Parameters<typeof requestHandler.handle>[0];
    const refused = requestHandler.handle(request, { abortSignal: AbortSignal.abort() });
    await expect(refused).rejects.toMatchObject({ name: 'AbortError' });
    expect(requestHandler).toMatchObject({
      config: { connectionTimeout: 1000, requestTimeout: 2500, throwOnRequestTimeout: true },
    });
  });

  test('refuse while S3 does not answer and they were never read', async () => {
    held = unreachable;
    await expect(tenantsOf()()).rejects.toMatchObject({ code: 'TENANTS_UNREACHABLE' });
  });

  test.each<[string, string | TenantsSourceError, string]>([
    ['is gone', new TenantsSourceError('TENANTS_MISSING', 'gone'), 'TENANTS_MISSING'],
    ['may no longer be read', new TenantsSourceError('TENANTS_REFUSED', 'no'), 'TENANTS_REFUSED'],
    ['is not JSON', 'PROBE', 'BUNDLE_MALFORMED'],
    ['is no sealed bundle', '{}', 'BUNDLE_MALFORMED'],
  ])('refuse at once when the object %s', async (_, object, code) => {
    const tenants = tenantsOf();
    await tenants();
    held = object;
    now = 30_000;
    await expect(tenants()).rejects.toMatchObject({ code });
    await expect(tenants()).rejects.toMatchObject({ code });
    expect(retired).toEqual([]);
  });

  test('refuse when they changed and their key is refused: the tenants before them do not serve on', async () => {
    let refuses = false;
    const tenants = tenantsOf({
      ...keys,
      unwrapDataKey: async (...call) => {
        if (refuses) throw new KeyServiceError('KEY_REFUSED', 'no');
        return keys.unwrapDataKey(...call);
      },
    });
    await tenants();
    refuses = true;
    now = 30_000;
    expect(await versionOf(tenants)).toBe(1); // nothing changed, so nothing is opened
    held = await sealed(2);
    now = 60_000;
    await expect(tenants()).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  });
});

describe('tenants in a file', () => {
  let directory: string;
  let path: string;
  const seal = async (version: number): Promise<void> => {
    await writeFile(`${path}.new`, await sealed(version));
    await rename(`${path}.new`, path);
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tenants-file-'));
    path = join(directory, 'tenants.sealed.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('are checked every two seconds', async () => {
    await seal(1);
    const tenants = currentTenants(path, keys, options);
    await tenants();
    await seal(2);
    now = 1999;
    expect(await versionOf(tenants)).toBe(1);
    now = 2000;
    expect(await versionOf(tenants)).toBe(2);
    expect(retired).toEqual([1]);
  });

  test('that is missing say what to do, and are found once they are there', async () => {
    const tenants = currentTenants(path, keys, options);
    await expect(tenants()).rejects.toMatchObject({
      code: 'TENANTS_MISSING',
      message: expect.stringContaining('protector tenants seal'),
    });
    await seal(1);
    expect(await versionOf(tenants)).toBe(1);
  });
});

test.each<[string, object | undefined]>([
  ['s3://bucket/a/b.json', { bucket: 'bucket', key: 'a/b.json' }],
  ['s3://bucket', undefined],
  ['s3://bucket/', undefined],
  ['/s3://bucket/key', undefined],
  ['tenants.sealed.json', undefined],
])('the address %s in S3 is %j', (location, expected) => {
  expect(s3ObjectLocation(location)).toEqual(expected);
});

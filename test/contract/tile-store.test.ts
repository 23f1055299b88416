import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3TileStore } from '../../lib/adapters/s3/tile-store.ts';
import { isEvidence } from '../../lib/transparency/layout.ts';
import type { TileStore } from '../../lib/transparency/ports.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';
import { tileStoreContract } from './tile-store.contract.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const clientOf = (endpoint: string): S3Client =>
  s3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
const storeOf = (client: S3Client, bucket: string, prefix = ''): TileStore =>
  s3TileStore({ client, bucket, prefix, isEvidence });

async function listAll(store: TileStore): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of store.list('checkpoints/')) paths.push(path);
  return paths;
}

tileStoreContract('memory', () => {
  const store = new MemoryTileStore();
  // What is not there cannot be had in memory: a broken one is a directory that is a file.
  const broken = fileTileStore(new URL(import.meta.url).pathname);
  return Promise.resolve({ store, second: store, broken, dispose: () => Promise.resolve() });
});

tileStoreContract('a directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tile-store-'));
  const obstacle = join(directory, 'obstacle');
  await writeFile(obstacle, 'a file where a directory should be');
  const place = join(directory, 'deep', 'log');
  return {
    store: fileTileStore(place),
    second: fileTileStore(place),
    broken: fileTileStore(obstacle),
    dispose: () => rm(directory, { recursive: true }),
  };
});

tileStoreContract('S3 (fake)', async () => {
  const [fake, denying] = [await startFakeBucket(), await startFakeBucket()];
  denying.fail({ kind: 'deny', times: Number.POSITIVE_INFINITY });
  const client = clientOf(fake.endpoint);
  return {
    store: storeOf(client, 'logs', 'tenant/'),
    second: storeOf(client, 'logs', 'tenant/'),
    broken: storeOf(clientOf(denying.endpoint), 'logs'),
    dispose: async () => {
      client.destroy();
      await Promise.all([fake.close(), denying.close()]);
    },
  };
});

const skipped = MOTO_MISSING;
tileStoreContract(
  'S3 (moto)',
  async () => {
    const client = clientOf(MOTO_URL);
    const bucket = `logs-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
    return {
      store: storeOf(client, bucket, 'tenant/'),
      second: storeOf(client, bucket, 'tenant/'),
      broken: storeOf(client, `absent-${randomUUID()}`),
      dispose: () => Promise.resolve(client.destroy()),
    };
  },
  skipped,
);

(skipped === undefined ? describe : describe.skip)('object lock (moto)', () => {
  let client: S3Client;
  const bucket = `locked-${randomUUID()}`;
  beforeAll(async () => {
    client = clientOf(MOTO_URL);
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  });
  afterAll(() => client.destroy());

  test('keeps evidence from being deleted, and lets objects in passing go', async () => {
    const retention = { mode: 'COMPLIANCE', days: 30 } as const;
    const store = s3TileStore({ client, bucket, prefix: '', retention, isEvidence });
    for (const path of ['tile/0/000', 'checkpoints/000', 'pending/000']) await store.create(path, Buffer.from(path));
    const { Versions: versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const deletable = await Promise.all(
      versions.map(async ({ Key: key, VersionId: id }) => {
        const deletion = new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: id });
        return [
          key,
          await client.send(deletion).then(
            () => true,
            () => false,
          ),
        ];
      }),
    );
    expect(Object.fromEntries(deletable)).toEqual({
      'tile/0/000': false,
      'checkpoints/000': false,
      'pending/000': true,
    });
    const object = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'tile/0/000' }));
    expect(object.ObjectLockMode).toBe('COMPLIANCE');
    expect(Number(object.ObjectLockRetainUntilDate) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  });
});

describe('the S3 tile store', () => {
  let fake: FakeBucket;
  let store: TileStore;
  let client: S3Client;
  beforeAll(async () => {
    fake = await startFakeBucket();
    const requestHandler = { requestTimeout: 200, throwOnRequestTimeout: true };
    client = s3Client({
      endpoint: fake.endpoint,
      region: 'us-east-1',
      credentials,
      forcePathStyle: true,
      maxAttempts: 3,
      requestHandler,
    });
    store = storeOf(client, 'logs');
  });
  afterAll(async () => {
    client.destroy();
    await fake.close();
  });

  test('sends the SHA-256 of each object', async () => {
    await store.create('tile/0/000', Buffer.from('abc'));
    expect(fake.headers.at(-1)).toMatchObject({
      'x-amz-checksum-sha256': 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=',
      'if-none-match': '*',
    });
  });

  test('does not repeat a write whose reply was lost and whose object exists', async () => {
    fake.fail({ kind: 'drop', times: 1 });
    expect(await store.create('lost/000', Buffer.from('a'))).toBe('exists');
    expect(Buffer.from((await store.read('lost/000'))!).toString()).toBe('a');
  });

  test('repeats a write that conflicts with another until one of them is known to be first', async () => {
    fake.fail({ kind: 'conflict', times: 2 });
    expect(await store.create('conflict/000', Buffer.from('a'))).toBe('created');
    fake.fail({ kind: 'conflict', times: 9 });
    await expect(store.create('conflict/001', Buffer.from('a'))).rejects.toMatchObject({
      code: 'LOG_STORE_UNAVAILABLE',
    });
    fake.heal();
  });

  test.each([
    ['throttle', 'LOG_STORE_UNAVAILABLE'],
    ['status500', 'LOG_STORE_UNAVAILABLE'],
    ['hang', 'LOG_STORE_UNAVAILABLE'],
    ['deny', 'LOG_STORE_REFUSED'],
  ] as const)(
    'rejects %s on every attempt with %s, in every call',
    async (kind, code) => {
      fake.fail({ kind, times: 99 });
      const calls = [
        store.read('tile/0/000'),
        store.create('failing/000', Buffer.from('a')),
        store.replace('checkpoint', Buffer.from('a')),
        store.remove('pending/000'),
        listAll(store),
      ];
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code })));
      fake.heal();
    },
    60_000,
  );
});

describe('the file tile store', () => {
  test('leaves no other files than the objects, which only their owner may read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tile-store-'));
    const store = fileTileStore(directory);
    await store.create('tile/0/000', Buffer.from('a'));
    await store.create('tile/0/000', Buffer.from('b'));
    await store.replace('checkpoint', Buffer.from('c'));
    const names = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(names.map(({ name }) => name).toSorted()).toEqual(['000', 'checkpoint']);
    await rm(directory, { recursive: true });
  });
});

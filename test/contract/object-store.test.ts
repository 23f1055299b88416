import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../lib/adapters/s3/object-store.ts';
import type { ListableStore } from '../../lib/delivery/ports.ts';
import { startFakeBucket } from '../support/fake-bucket.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';

interface StoreUnderTest {
  readonly store: ListableStore;
  /** The same kind of store, out of reach. */
  readonly broken: ListableStore;
  dispose(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function foldersOf(store: ListableStore, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of store.folders(prefix)) names.push(name);
  return names;
}

/** Tests the promises of `ListableStore` for an adapter. With `skipped`, prints them as skipped for that reason. */
function objectStoreContract(name: string, create: () => Promise<StoreUnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`an object store over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: StoreUnderTest;
    let key: string;
    const listed = async (prefix: string, store = under.store): Promise<readonly string[]> => {
      const keys: string[] = [];
      for await (const found of store.list(prefix)) keys.push(found);
      return keys;
    };
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.dispose());
    beforeEach(() => {
      key = `folder/${randomUUID()}.json`;
    });

    test('returns an object byte for byte, under a tag that changes with it', async () => {
      expect(await under.store.get(key)).toBeUndefined();
      const first = await under.store.put(key, Buffer.from([0, 255, 10, 13]));
      expect(await under.store.get(key)).toEqual({ body: Buffer.from([0, 255, 10, 13]), tag: first });
      const second = await under.store.put(key, bytes('other'));
      expect(second).not.toBe(first);
      expect(await under.store.get(key)).toEqual({ body: Buffer.from('other'), tag: second });
    });

    test('puts an object that must be new only under a free key', async () => {
      await under.store.put(key, bytes('first'), 'absent');
      await expect(under.store.put(key, bytes('second'), 'absent')).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
      expect((await under.store.get(key))?.body.toString()).toBe('first');
    });

    test('replaces an object only under its current tag', async () => {
      const first = await under.store.put(key, bytes('first'));
      const second = await under.store.put(key, bytes('second'), { tag: first });
      await expect(under.store.put(key, bytes('third'), { tag: first })).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      });
      expect(await under.store.get(key)).toEqual({ body: Buffer.from('second'), tag: second });
      await under.store.remove(key);
      await expect(under.store.put(key, bytes('fourth'), { tag: second })).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      });
    });

    test('removes an object, and accepts the removal of an absent one', async () => {
      await under.store.put(key, bytes('x'));
      await under.store.remove(key);
      await under.store.remove(key);
      expect(await under.store.get(key)).toBeUndefined();
    });

    test('lists every key of a prefix in ascending order over several pages', async () => {
      const prefix = `list-${randomUUID()}/`;
      const keys = Array.from({ length: 250 }, (_, i) => `${prefix}${String((i * 7) % 250).padStart(4, '0')}`);
      await Promise.all(keys.map((one) => under.store.put(one, bytes(one))));
      await under.store.put(key, bytes('elsewhere'));
      expect(await listed(prefix)).toEqual(keys.toSorted());
      expect(await listed(`nothing-${randomUUID()}/`)).toEqual([]);
    });

    test('names every folder below a prefix once over several pages, and none without objects', async () => {
      const prefix = `folders-${randomUUID()}/`;
      const names = Array.from({ length: 120 }, (_, i) => `f${String(i).padStart(4, '0')}`);
      const objects = names.flatMap((folder) => [`${prefix}${folder}/a`, `${prefix}${folder}/b`]);
      await Promise.all(objects.map((object) => under.store.put(object, bytes('x'))));
      await under.store.put(`${prefix}no-folder`, bytes('x'));
      await under.store.put(`${prefix}gone/x`, bytes('x'));
      await under.store.remove(`${prefix}gone/x`);
      expect((await foldersOf(under.store, prefix)).toSorted()).toEqual(names);
    });

    test('rejects with STORE_UNAVAILABLE when it is out of reach', async () => {
      const unavailable = { code: 'STORE_UNAVAILABLE' };
      await expect(under.broken.get('a/b')).rejects.toMatchObject(unavailable);
      await expect(under.broken.put('a/b', bytes('x'))).rejects.toMatchObject(unavailable);
      await expect(under.broken.remove('a/b')).rejects.toMatchObject(unavailable);
      await expect(listed('a/', under.broken)).rejects.toMatchObject(unavailable);
      await expect(foldersOf(under.broken, 'a/')).rejects.toMatchObject(unavailable);
    });
  });
}

objectStoreContract('a directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'object-store-'));
  return {
    store: fileObjectStore(join(directory, 'store')),
    broken: fileObjectStore('/dev/null'),
    dispose: () => rm(directory, { recursive: true }),
  };
});

const settings = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

function s3(client: S3Client, bucket: string, close: () => Promise<void>): StoreUnderTest {
  const unreachable = s3Client({ ...settings('http://127.0.0.1:1'), maxAttempts: 1 });
  return {
    store: s3ObjectStore({ client, bucket }),
    broken: s3ObjectStore({ client: unreachable, bucket }),
    dispose: () => {
      client.destroy();
      unreachable.destroy();
      return close();
    },
  };
}

objectStoreContract('Amazon S3 (fake)', async () => {
  const fake = await startFakeBucket();
  return s3(s3Client(settings(fake.endpoint)), 'bucket', () => fake.close());
});

objectStoreContract(
  'Amazon S3 (moto)',
  async () => {
    const client = s3Client(settings(MOTO_URL));
    const bucket = `bucket-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return s3(client, bucket, () => Promise.resolve());
  },
  MOTO_MISSING,
);

describe('the store that the property tests use', () => {
  test('refuses conflicting writes like the others', async () => {
    const store = new MemoryStore();
    const tag = await store.put('k', bytes('1'), 'absent');
    await expect(store.put('k', bytes('2'), 'absent')).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
    await store.put('k', bytes('2'), { tag });
    await expect(store.put('k', bytes('3'), { tag })).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
  });
});

describe('the store over a directory', () => {
  test('protects its files, leaves no unfinished ones, and refuses keys that lead out of it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'object-store-'));
    const store = fileObjectStore(directory);
    await store.put('a/b', bytes('x'));
    expect((await stat(join(directory, 'a', 'b'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'a'))).toEqual(['b']);
    for (const key of ['../x', 'a/../../x', '', 'a//b', 'a/.hidden']) {
      await expect(store.put(key, bytes('x'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
    await rm(directory, { recursive: true });
  });
});

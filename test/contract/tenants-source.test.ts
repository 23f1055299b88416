// The sealed tenants in S3: read when they changed, and every way in which they cannot be.
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3TenantsSource } from '../../lib/adapters/s3/tenants-source.ts';
import type { TenantsSource } from '../../lib/tenants/ports.ts';
import { type BucketFault, type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';

const BUCKET = 'sealed-tenants';
const KEY = `prod/${randomUUID()}/tenants.sealed.json`;
const clientAt = (endpoint: string, change: object = {}) =>
  s3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoint,
    forcePathStyle: true,
    ...change,
  });

let fake: FakeBucket;
beforeAll(async () => {
  fake = await startFakeBucket();
});
afterAll(() => fake.close());
sourceContract('S3 (fake)', () => clientAt(fake.endpoint));

sourceContract('S3 (moto)', () => clientAt(MOTO_URL), MOTO_MISSING);

function sourceContract(name: string, connect: () => S3Client, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`sealed tenants in ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let client: S3Client;
    let source: TenantsSource;
    const put = (Body: string) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body }));
    beforeAll(async () => {
      client = connect();
      if (skipped === undefined && name.includes('moto'))
        await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      source = s3TenantsSource({ client, bucket: BUCKET, key: KEY });
    });
    afterAll(() => client.destroy());

    test('are missing at first, then read, and read again only after a change', async () => {
      await expect(source.read(undefined)).rejects.toMatchObject({ code: 'TENANTS_MISSING' });
      await put('{"a":"ü"}');
      const first = await source.read(undefined);
      expect(first).toEqual({ text: '{"a":"ü"}', tag: expect.stringMatching(/./) });
      expect(await source.read(first!.tag)).toBeUndefined();
      await put('{"b":1}');
      const second = await source.read(first!.tag);
      expect(second!.text).toBe('{"b":1}');
      expect(second!.tag).not.toBe(first!.tag);
      expect(await source.read(second!.tag)).toBeUndefined();
    });
  });
}

describe('sealed tenants in a failing S3', () => {
  let bucket: FakeBucket;
  beforeEach(async () => {
    bucket = await startFakeBucket();
  });
  afterEach(() => bucket.close());

  test.each<[BucketFault['kind'], string]>([
    ['throttle', 'TENANTS_UNREACHABLE'],
    ['status500', 'TENANTS_UNREACHABLE'],
    ['status503', 'TENANTS_UNREACHABLE'],
    ['hang', 'TENANTS_UNREACHABLE'],
    ['reset', 'TENANTS_UNREACHABLE'],
    ['drop', 'TENANTS_UNREACHABLE'],
    ['deny', 'TENANTS_REFUSED'],
  ])('reject %s with %s', async (kind, code) => {
    const requestHandler = { requestTimeout: kind === 'hang' ? 60 : 5_000, throwOnRequestTimeout: true };
    const client = clientAt(bucket.endpoint, { maxAttempts: 1, requestHandler });
    bucket.fail({ kind, times: 9 });
    await expect(s3TenantsSource({ client, bucket: BUCKET, key: KEY }).read('"x"')).rejects.toMatchObject({ code });
  });

  test('reject as unreachable without a server', async () => {
    const client = clientAt(bucket.endpoint, { maxAttempts: 1 });
    await bucket.close();
    await expect(s3TenantsSource({ client, bucket: BUCKET, key: KEY }).read(undefined)).rejects.toMatchObject({
      code: 'TENANTS_UNREACHABLE',
    });
  });
});

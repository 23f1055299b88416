// The promises of lib/files/ports.ts, over every implementation.
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3OutputObjects } from '../../lib/adapters/s3/output-objects.ts';
import { s3SourceObjects } from '../../lib/adapters/s3/source-objects.ts';
import type { OutputObjects, SourceObjects } from '../../lib/files/ports.ts';
import { type FakeBucket, startFakeBucket } from '../support/fake-bucket.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';
import { ObjectWorldInMemory, SMALL } from '../support/object-world.ts';
import { compiledPolicy } from '../support/policy.ts';

interface ObjectsUnderTest {
  readonly source: SourceObjects;
  readonly outputs: OutputObjects;
  /** Makes an object as others do. */
  readonly set: (key: string, body: Uint8Array) => Promise<unknown>;
  /** Returns what readers see. */
  readonly seen: (key: string) => Promise<Buffer | undefined>;
  readonly leastPart: number;
  /** What is said of a part for an upload that has ended. @default FILES_UPLOAD_ENDED */
  readonly endedCode?: string;
  dispose(): Promise<void>;
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Tests the promises of an implementation. With `skipped`, prints them as skipped for that reason. */
function contract(name: string, create: () => Promise<ObjectsUnderTest>, skipped?: string): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`objects over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: ObjectsUnderTest;
    let key: string;
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.dispose());
    beforeEach(() => {
      key = `folder/${randomUUID()} ä+b.csv`;
    });

    test('finds an object under a tag that changes with it, and none where there is none', async () => {
      expect(await under.source.find(key)).toBeUndefined();
      await under.set(key, Buffer.from('first'));
      const first = await under.source.find(key);
      expect(first).toMatchObject({ size: 5 });
      await under.set(key, Buffer.from('second'));
      expect((await under.source.find(key))?.tag).not.toBe(first?.tag);
    });

    test('reads a range byte for byte, an empty one too', async () => {
      await under.set(key, Buffer.from([0, 255, 10, 13, 1, 2]));
      const { tag } = (await under.source.find(key))!;
      expect(await bytesOf(under.source.read(key, tag, 1, 4))).toEqual(Buffer.from([255, 10, 13]));
      expect(await bytesOf(under.source.read(key, tag, 0, 6))).toEqual(Buffer.from([0, 255, 10, 13, 1, 2]));
      expect(await bytesOf(under.source.read(key, tag, 3, 3))).toEqual(Buffer.from([]));
    });

    test('refuses to read another content, or an object that is gone', async () => {
      await under.set(key, Buffer.from('first'));
      const { tag } = (await under.source.find(key))!;
      await under.set(key, Buffer.from('other'));
      const changed = expect.objectContaining({ code: 'FILES_CHANGED' });
      await expect(bytesOf(under.source.read(key, tag, 0, 5))).rejects.toEqual(changed);
      await expect(bytesOf(under.source.read(`${key}x`, tag, 0, 5))).rejects.toEqual(changed);
    });

    test('shows an output once it has its name, whole, with the work that made it', async () => {
      const upload = await under.outputs.begin(key, 'work-1');
      const open = under.outputs.open(key, upload);
      const large = Buffer.alloc(under.leastPart, 'a');
      // Numbers have gaps, parts come in any order, and one is put again.
      await open.put(33, Buffer.from('end'));
      await open.put(1, Buffer.from('lost'));
      await open.put(1, large);
      await open.put(17, large);
      await open.put(40, Buffer.from('of a former attempt'));
      expect([await under.seen(key), await under.outputs.makerOf(key)]).toEqual([undefined, undefined]);
      const parts = [
        { number: 1, bytes: large.length },
        { number: 17, bytes: large.length },
        { number: 33, bytes: 3 },
      ];
      expect(await open.name(parts)).toBe('named');
      expect((await under.seen(key))?.equals(Buffer.concat([large, large, Buffer.from('end')]))).toBe(true);
      expect(await under.outputs.makerOf(key)).toBe('work-1');
      expect(await open.name(parts)).toBe('gone');
      await open.abandon();
    });

    test('never gives an output a name that an object has', async () => {
      const open = under.outputs.open(key, await under.outputs.begin(key, 'work-2'));
      await open.put(1, Buffer.from('ours'));
      await under.set(key, Buffer.from('theirs'));
      expect(await open.name([{ number: 1, bytes: 4 }])).toBe('taken');
      expect([(await under.seen(key))?.toString(), await under.outputs.makerOf(key)]).toEqual(['theirs', '']);
    });

    test('joins no parts that are missing or of another size', async () => {
      const open = under.outputs.open(key, await under.outputs.begin(key, 'work-3'));
      await open.put(1, Buffer.from('ours'));
      expect(await open.name([{ number: 1, bytes: 5 }])).toBe('gone');
      expect(await open.name([{ number: 2, bytes: 4 }])).toBe('gone');
      expect(await under.seen(key)).toBeUndefined();
    });

    test('makes an empty output of an empty part', async () => {
      const open = under.outputs.open(key, await under.outputs.begin(key, 'work-4'));
      await open.put(1, new Uint8Array(0));
      expect(await open.name([{ number: 1, bytes: 0 }])).toBe('named');
      expect(await under.seen(key)).toEqual(Buffer.from([]));
    });

    test('says of an abandoned output that it has ended', async () => {
      const open = under.outputs.open(key, await under.outputs.begin(key, 'work-5'));
      await open.put(1, Buffer.from('ours'));
      await open.abandon();
      await open.abandon();
      await expect(open.put(2, Buffer.from('x'))).rejects.toMatchObject({
        code: under.endedCode ?? 'FILES_UPLOAD_ENDED',
      });
      expect(await open.name([{ number: 1, bytes: 4 }])).toBe('gone');
    });
  });
}

function overS3(client: S3Client, Bucket: string): Omit<ObjectsUnderTest, 'dispose' | 'seen'> {
  return {
    source: s3SourceObjects({ client, bucket: Bucket }),
    outputs: s3OutputObjects({ client, bucket: Bucket }),
    set: (Key, Body) => client.send(new PutObjectCommand({ Bucket, Key, Body })),
    leastPart: 5 * 1024 * 1024,
  };
}

const FAKE = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, forcePathStyle: true };

contract('memory', async () => {
  const memory = new ObjectWorldInMemory();
  const { source, outputs } = memory.world(compiledPolicy(), SMALL);
  await Promise.resolve();
  return {
    source,
    outputs,
    set: async (key, body) => {
      await Promise.resolve();
      memory.objects.set(key, Buffer.from(body));
      memory.outputs.set(key, { body: Buffer.from(body), work: '' });
    },
    seen: async (key) => (await Promise.resolve(memory.outputs.get(key)))?.body,
    leastPart: SMALL.minPartBytes,
    dispose: () => Promise.resolve(),
  };
});

contract('Amazon S3', async () => {
  const bucket = await startFakeBucket();
  const client = s3Client({ ...FAKE, endpoint: bucket.endpoint });
  return {
    ...overS3(client, 'bucket'),
    seen: (key) => Promise.resolve(bucket.objects.get(key)),
    dispose: async () => {
      client.destroy();
      await bucket.close();
    },
  };
});

contract(
  'the AWS emulator',
  async () => {
    const Bucket = `files-${randomUUID()}`;
    const client = s3Client({ ...FAKE, endpoint: MOTO_URL });
    await client.send(new CreateBucketCommand({ Bucket }));
    const own = overS3(client, Bucket);
    return {
      ...own,
      // moto fails without naming the upload.
      endedCode: 'FILES_UNAVAILABLE',
      seen: async (key) => {
        const found = await own.source.find(key);
        return found === undefined ? undefined : bytesOf(own.source.read(key, found.tag, 0, found.size));
      },
      dispose: () => Promise.resolve(client.destroy()),
    };
  },
  MOTO_MISSING,
);

describe('over Amazon S3 that fails', () => {
  let bucket: FakeBucket;
  let client: S3Client;
  beforeAll(async () => {
    bucket = await startFakeBucket();
    client = s3Client({ ...FAKE, endpoint: bucket.endpoint, maxAttempts: 1 });
    await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'content' }));
  });
  afterAll(async () => {
    client.destroy();
    await bucket.close();
  });

  test('every call rejects with the name of the error alone', async () => {
    const [source, outputs] = [s3SourceObjects({ client, bucket: 'b' }), s3OutputObjects({ client, bucket: 'b' })];
    const upload = await outputs.begin('new', 'work');
    const open = outputs.open('new', upload);
    await open.put(1, Buffer.from('x'));
    const { tag } = (await source.find('k'))!;
    const calls: [string, () => Promise<unknown>][] = [
      ['HEAD', () => source.find('k')],
      ['GET', () => bytesOf(source.read('k', tag, 0, 7))],
      ['TAGS', () => outputs.makerOf('k')],
      ['BEGIN', () => outputs.begin('new', 'work')],
      ['PART', () => open.put(2, Buffer.from('x'))],
      ['PARTS', () => open.name([{ number: 1, bytes: 1 }])],
      ['COMPLETE', () => open.name([{ number: 1, bytes: 1 }])],
      ['ABORT', () => open.abandon()],
    ];
    for (const [operation, call] of calls) {
      bucket.fail({ kind: 'deny', operation, times: 1 });
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect([operation, error]).toEqual([operation, expect.objectContaining({ code: 'FILES_UNAVAILABLE' })]);
      expect((error as Error).message).not.toContain('refused');
    }
    expect(bucket.unusedFaults()).toEqual([]);
  });

  test('a read that breaks off is repeated, and passes on no byte twice', async () => {
    const source = s3SourceObjects({ client, bucket: 'b' });
    const { tag } = (await source.find('k'))!;
    bucket.fail({ kind: 'reset', operation: 'GET', times: 2 });
    expect((await bytesOf(source.read('k', tag, 0, 7))).toString()).toBe('content');
  });

  test('a name that another write is about to take is asked for again', async () => {
    const outputs = s3OutputObjects({ client, bucket: 'b' });
    const open = outputs.open('later', await outputs.begin('later', 'work'));
    await open.put(1, Buffer.from('x'));
    bucket.fail({ kind: 'conflict', operation: 'COMPLETE', times: 2 });
    expect(await open.name([{ number: 1, bytes: 1 }])).toBe('named');
  });
});

// Documents with conditional writes: the promises of `DocumentStore`, over memory and over the emulator's S3, and what
// the adapter makes of each answer of the service.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3Documents } from '../../lib/adapters/s3/documents.ts';
import type { DocumentStore } from '../../lib/publication/ports.ts';
import { MOTO_MISSING, MOTO_URL } from '../support/moto.ts';
import { MemoryDocuments } from '../support/publication/memory-documents.ts';

const aws = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

documentContract('memory', () => Promise.resolve({ documents: new MemoryDocuments(), dispose: () => {} }));
documentContract(
  'S3 (moto)',
  async () => {
    const client = s3Client({ ...aws, endpoint: MOTO_URL, forcePathStyle: true });
    const bucket = `documents-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return { documents: s3Documents({ client, bucket }), dispose: () => client.destroy() };
  },
  MOTO_MISSING,
);

function documentContract(
  name: string,
  create: () => Promise<{ documents: DocumentStore; dispose: () => void }>,
  skipped?: string,
): void {
  const suite = skipped === undefined ? describe : describe.skip;
  suite(`documents over ${name}${skipped === undefined ? '' : `: ${skipped}`}`, () => {
    let under: { documents: DocumentStore; dispose: () => void };
    beforeAll(async () => {
      under = await create();
    });
    afterAll(() => under.dispose());

    test('reads an absent document as undefined', async () => {
      expect(await under.documents.read('absent.json')).toBeUndefined();
    });

    test('reads a document with the tag that its write returned', async () => {
      const tag = await under.documents.write('a/b.json', '{"text":"Zoë"}', undefined);
      expect(await under.documents.read('a/b.json')).toMatchObject({ text: '{"text":"Zoë"}', tag });
    });

    test('creates a document once: a second creation changes nothing and returns undefined', async () => {
      expect(await under.documents.write('once.json', 'first', undefined)).toEqual(expect.any(String));
      expect(await under.documents.write('once.json', 'second', undefined)).toBeUndefined();
      expect(await under.documents.read('once.json')).toMatchObject({ text: 'first' });
    });

    test('replaces a document under its current tag, and not under an old one', async () => {
      const tag = await under.documents.write('swap.json', 'one', undefined);
      const next = await under.documents.write('swap.json', 'two', tag);
      expect(next).toEqual(expect.any(String));
      expect(await under.documents.write('swap.json', 'three', tag)).toBeUndefined();
      expect(await under.documents.write('swap.json', 'three', next)).toEqual(expect.any(String));
    });

    test('does not replace an absent document', async () => {
      expect(await under.documents.write('never.json', 'text', '"0123456789abcdef0123456789abcdef"')).toBeUndefined();
      expect(await under.documents.read('never.json')).toBeUndefined();
    });

    test('lets one of many concurrent writers create a document', async () => {
      const writes = Array.from({ length: 8 }, (_, i) => under.documents.write('race.json', `writer ${i}`, undefined));
      expect((await Promise.all(writes)).filter((tag) => tag !== undefined)).toHaveLength(1);
    });
  });
}

type Reply = { readonly status: number; readonly code?: string; readonly body?: string } | 'no answer';

/** Documents over a service that gives these replies, one after another. */
function answering(...replies: Reply[]): { documents: DocumentStore; requests: { method: string; headers: object }[] } {
  const requests: { method: string; headers: object }[] = [];
  const client = new S3Client({
    ...aws,
    maxAttempts: 1,
    requestHandler: {
      async handle({ method, headers }: { method: string; headers: object }) {
        await Promise.resolve();
        requests.push({ method, headers });
        const reply = replies.shift() ?? 'no answer';
        if (reply === 'no answer') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        const error = reply.code && `<Error><Code>${reply.code}</Code><Message>bucket-secret</Message></Error>`;
        const body = Readable.from([Buffer.from(error ?? reply.body ?? '')]);
        return { response: { statusCode: reply.status, headers: { etag: '"tag"' }, body } };
      },
    } as never,
  });
  return { documents: s3Documents({ client, bucket: 'bucket' }), requests };
}

/** The reply of `GetObject` for the same content, put at another second. */
function putAt(second: number): object {
  const Body = { transformToString: () => Promise.resolve('text') };
  return { ETag: '"tag"', LastModified: new Date(second * 1000), Body };
}

describe('the document store over S3', () => {
  test('creates with If-None-Match and replaces with If-Match', async () => {
    const { documents, requests } = answering({ status: 200 }, { status: 200 });
    await documents.write('x', 'text', undefined);
    await documents.write('x', 'text', '"old"');
    expect(requests).toMatchObject([{ headers: { 'if-none-match': '*' } }, { headers: { 'if-match': '"old"' } }]);
  });

  test('recognises its own write when the first reply was lost', async () => {
    const lost = answering({ status: 412, code: 'PreconditionFailed' }, { status: 200, body: 'mine' });
    expect(await lost.documents.write('x', 'mine', undefined)).toBe('"tag"');
    const other = answering({ status: 412, code: 'PreconditionFailed' }, { status: 200, body: 'theirs' });
    expect(await other.documents.write('x', 'mine', undefined)).toBeUndefined();
  });

  test('repeats a write that met another one under way', async () => {
    const { documents, requests } = answering({ status: 409, code: 'ConditionalRequestConflict' }, { status: 200 });
    expect(await documents.write('x', 'text', undefined)).toBe('"tag"');
    expect(requests).toHaveLength(2);
  });

  test.each<[string, Reply, string]>([
    ['no answer', 'no answer', 'PUBLICATION_UNAVAILABLE'],
    ['SlowDown', { status: 503, code: 'SlowDown' }, 'PUBLICATION_UNAVAILABLE'],
    ['InternalError', { status: 500, code: 'InternalError' }, 'PUBLICATION_UNAVAILABLE'],
    ['AccessDenied', { status: 403, code: 'AccessDenied' }, 'PUBLICATION_REFUSED'],
    ['NoSuchBucket', { status: 404, code: 'NoSuchBucket' }, 'PUBLICATION_REFUSED'],
  ])('maps %s to its code, and quotes no text of the service', async (_, reply, code) => {
    const attempts = [
      () => answering(reply).documents.read('x'),
      () => answering(reply).documents.write('x', '', undefined),
    ];
    for (const attempt of attempts) {
      // oxlint-disable-next-line no-await-in-loop -- two
      await expect(attempt()).rejects.toMatchObject({ code, message: expect.not.stringContaining('secret') });
    }
  });

  test('names two uploads of the same content differently, under the same tag', async () => {
    const client = { send: () => Promise.resolve({}) };
    const uploads = [];
    for (const second of [1, 2]) {
      client.send = () => Promise.resolve(putAt(second));
      // oxlint-disable-next-line no-await-in-loop -- two
      uploads.push(await s3Documents({ client: client as unknown as S3Client, bucket: 'b' }).read('x'));
    }
    expect(uploads).toEqual([
      { text: 'text', tag: '"tag"', upload: 'null "tag" 1970-01-01T00:00:01.000Z' },
      { text: 'text', tag: '"tag"', upload: 'null "tag" 1970-01-01T00:00:02.000Z' },
    ]);
  });
});

// Documents in Amazon S3: GetObject, and PutObject with If-Match or If-None-Match ("Add preconditions to S3
// operations", S3 User Guide).
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { errorName } from '../../base/error-code.ts';
import { PublicationError } from '../../publication/errors.ts';
import type { DocumentStore, StoredDocument } from '../../publication/ports.ts';
import { s3Failure } from './failure.ts';

export interface S3DocumentsOptions {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
}

/** Another conditional write of the same object was under way (409). Nothing was written. */
const CONFLICT = 'ConditionalRequestConflict';
const ATTEMPTS = 5;

/**
 * Keeps documents as objects of one bucket. Needs `s3:GetObject`, `s3:PutObject` for writes, and `s3:ListBucket`,
 * without which S3 answers 403 for an absent object. Names an upload by version id, ETag and time, so that its name is
 * unique, to the second, in a bucket without versioning too.
 */
export function s3Documents({ client, bucket }: S3DocumentsOptions): DocumentStore {
  async function read(name: string): Promise<StoredDocument | undefined> {
    try {
      const reply = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
      const text = (await reply.Body?.transformToString('utf-8')) ?? '';
      const tag = reply.ETag ?? '';
      return { text, tag, upload: [reply.VersionId ?? 'null', tag, reply.LastModified?.toISOString()].join(' ') };
    } catch (error) {
      if (errorName(error) === 'NoSuchKey') return undefined;
      throw mapped('GetObject', error);
    }
  }

  async function put(name: string, text: string, expected: string | undefined): Promise<string> {
    const condition = expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected };
    const body = Buffer.from(text);
    const object = {
      Bucket: bucket,
      Key: name,
      Body: body,
      ContentLength: body.length,
      ContentType: 'application/json',
    };
    const reply = await client.send(new PutObjectCommand({ ...object, ...condition }));
    return reply.ETag ?? '';
  }

  return {
    read,

    async write(name, text, expected) {
      for (let attempt = 1; ; attempt++) {
        try {
          // oxlint-disable-next-line no-await-in-loop -- attempts follow one another
          return await put(name, text, expected);
        } catch (error) {
          const fault = errorName(error);
          if (fault === CONFLICT && attempt < ATTEMPTS) continue;
          if (fault !== 'PreconditionFailed' && fault !== 'NoSuchKey') throw mapped('PutObject', error);
          // The object may be our own write: the client repeats a request whose reply was lost.
          // oxlint-disable-next-line no-await-in-loop -- the last step
          const stored = await read(name);
          return stored?.text === text ? stored.tag : undefined;
        }
      }
    },
  };
}

/** Temporary errors despite their 4xx status. */
const PASSING: ReadonlySet<string> = new Set([
  CONFLICT,
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'SlowDown',
  'TooManyRequests',
]);

function mapped(operation: string, error: unknown): PublicationError {
  const { name, passes } = s3Failure(error, PASSING);
  return new PublicationError(
    passes ? 'PUBLICATION_UNAVAILABLE' : 'PUBLICATION_REFUSED',
    `S3 ${operation} failed: ${name}`,
  );
}

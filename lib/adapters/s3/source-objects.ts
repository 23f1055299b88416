// Objects of Amazon S3 that are read in ranges: HeadObject, and GetObject with Range and If-Match, so that all bytes are of one content.
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ObjectError } from '../../files/errors.ts';
import type { SourceObjects } from '../../files/ports.ts';
import { s3Failure } from './failure.ts';
import { objectFailure } from './object-failure.ts';

export interface S3SourceOptions {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
}

/** Bytes of a call. A call that is cut off costs at most so many again. */
const CALL_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 4;

/** Needs `s3:GetObject`, and `s3:ListBucket`, without which S3 answers 403 for an absent object. */
export function s3SourceObjects({ client, bucket: Bucket }: S3SourceOptions): SourceObjects {
  /** Reads one range whole: a body that breaks off is asked for again, and no byte of it is passed on before. */
  async function bytesOf(Key: string, IfMatch: string, from: number, to: number): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- attempts follow one another
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket, Key, IfMatch, Range: `bytes=${from}-${to - 1}` }),
        );
        // oxlint-disable-next-line no-await-in-loop -- see above
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
        if (bytes.length === to - from) return bytes;
      } catch (error) {
        const { name, status, passes } = s3Failure(error, new Set());
        if (status === 412 || status === 416 || name === 'NoSuchKey') {
          throw new ObjectError('FILES_CHANGED', 'The object was replaced or deleted while it was read');
        }
        if (attempt === ATTEMPTS || !passes) throw objectFailure('GetObject', error);
      }
      if (attempt === ATTEMPTS)
        throw new ObjectError('FILES_UNAVAILABLE', 'S3 GetObject sent less than it was asked for');
    }
  }

  return {
    async find(Key) {
      try {
        const { ContentLength = 0, ETag = '' } = await client.send(new HeadObjectCommand({ Bucket, Key }));
        return { size: ContentLength, tag: ETag };
      } catch (error) {
        // A reply to HEAD has no body that could name the error.
        if (s3Failure(error, new Set()).status === 404) return undefined;
        throw objectFailure('HeadObject', error);
      }
    },

    async *read(key, tag, from, to) {
      let next = from < to ? bytesOf(key, tag, from, Math.min(to, from + CALL_BYTES)) : undefined;
      for (let at = from; next !== undefined; ) {
        // oxlint-disable-next-line no-await-in-loop -- one call ahead of the reader
        const bytes = await next;
        at += bytes.length;
        next = at < to ? bytesOf(key, tag, at, Math.min(to, at + CALL_BYTES)) : undefined;
        // A reader may stop here.
        next?.catch(() => {});
        yield bytes;
      }
    },
  };
}

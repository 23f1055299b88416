// Keeps small objects in Amazon S3, with conditional writes by ETag (If-Match, If-None-Match).
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { errorName } from '../../base/error-code.ts';
import { StoreError } from '../../delivery/errors.ts';
import type { Expected, ListableStore, StoredObject } from '../../delivery/ports.ts';
import { listFolders, listKeys } from './list-keys.ts';

export interface S3ObjectStoreOptions {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
}

/**
 * Keeps objects of one bucket. When the SDK repeats a `put` whose reply was lost, it may reject with `STORE_CONFLICT`
 * although the write succeeded. Needs `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject`, and `s3:ListBucket` (without
 * which a missing object looks like a forbidden one).
 */
export function s3ObjectStore({ client, bucket: Bucket }: S3ObjectStoreOptions): ListableStore {
  return {
    async get(Key: string): Promise<StoredObject | undefined> {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), tag: ETag ?? '' };
      } catch (error) {
        if (errorName(error) === 'NoSuchKey') return undefined;
        throw unavailable('GetObject', error);
      }
    },

    async put(Key: string, Body: Uint8Array, expected?: Expected): Promise<string> {
      try {
        const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key, Body, ...conditionOf(expected) }));
        return ETag ?? '';
      } catch (error) {
        throw isConflict(error)
          ? new StoreError('STORE_CONFLICT', 'Another writer has changed the S3 object')
          : unavailable('PutObject', error);
      }
    },

    async remove(Key: string): Promise<void> {
      try {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
      } catch (error) {
        throw unavailable('DeleteObject', error);
      }
    },

    async *list(prefix: string): AsyncGenerator<string> {
      try {
        yield* listKeys(client, Bucket, prefix);
      } catch (error) {
        throw unavailable('ListObjectsV2', error);
      }
    },

    async *folders(prefix: string): AsyncGenerator<string> {
      try {
        yield* listFolders(client, Bucket, prefix);
      } catch (error) {
        throw unavailable('ListObjectsV2', error);
      }
    },
  };
}

function conditionOf(expected?: Expected): { IfNoneMatch?: string; IfMatch?: string } {
  if (expected === undefined) return {};
  return expected === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: expected.tag };
}

/** 412: another object is there. 409: another write is under way. 404: the object to replace is gone. */
function isConflict(error: unknown): boolean {
  return ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'].includes(errorName(error));
}

/** Keeps the error's name only: the service's texts hold buckets and keys. */
function unavailable(operation: string, error: unknown): StoreError {
  return new StoreError('STORE_UNAVAILABLE', `S3 ${operation} failed: ${errorName(error)}`);
}

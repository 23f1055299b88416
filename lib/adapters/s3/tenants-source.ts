// Sealed tenants in Amazon S3: GetObject with If-None-Match ("Conditional reads", S3 User Guide) transfers only
// changes.
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TenantsSourceError } from '../../tenants/errors.ts';
import type { TenantsSource } from '../../tenants/ports.ts';
import { s3Failure } from './failure.ts';

export interface S3TenantsSourceOptions {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
}

const NOT_MODIFIED = 304;
/** Temporary errors despite their 4xx status. */
const PASSING: ReadonlySet<string> = new Set(['RequestTimeout', 'RequestTimeTooSkewed', 'SlowDown', 'TooManyRequests']);

/**
 * Reads one object, whose tag is the ETag. Needs `s3:GetObject`, and `s3:ListBucket` to tell a missing object from a
 * forbidden one.
 */
export function s3TenantsSource({ client, bucket: Bucket, key: Key }: S3TenantsSourceOptions): TenantsSource {
  return {
    async read(known) {
      try {
        const reply = await client.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: known }));
        return { text: (await reply.Body?.transformToString('utf-8')) ?? '', tag: reply.ETag ?? '' };
      } catch (error) {
        const { name, status, passes } = s3Failure(error, PASSING);
        if (status === NOT_MODIFIED) return undefined;
        if (name === 'NoSuchBucket' || isDeleted(error)) {
          throw new TenantsSourceError('TENANTS_REMOVED', 'The sealed tenants were deleted: restore the S3 object');
        }
        if (name === 'NoSuchKey') {
          throw new TenantsSourceError('TENANTS_MISSING', 'There are no sealed tenants in the S3 object');
        }
        const code = passes ? 'TENANTS_UNREACHABLE' : 'TENANTS_REFUSED';
        throw new TenantsSourceError(code, `S3 GetObject failed: ${name}`);
      }
    },
  };
}

/** Tells whether a missing object was there: a bucket with versions answers with a delete marker (API of GetObject). */
function isDeleted(error: unknown): boolean {
  const { headers } = Object((Object(error) as { $response?: unknown }).$response) as {
    headers?: Readonly<Record<string, string>>;
  };
  return headers?.['x-amz-delete-marker'] === 'true';
}

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
        if (name === 'NoSuchKey' || name === 'NoSuchBucket') {
          throw new TenantsSourceError('TENANTS_MISSING', 'There are no sealed tenants in the S3 object');
        }
        const code = passes ? 'TENANTS_UNREACHABLE' : 'TENANTS_REFUSED';
        throw new TenantsSourceError(code, `S3 GetObject failed: ${name}`);
      }
    },
  };
}

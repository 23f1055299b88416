// The objects of a transparency log in Amazon S3: PutObject with If-None-Match, checksums, and Object Lock for
// evidence.
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  type ObjectLockMode,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LogError } from '../../transparency/errors.ts';
import type { TileReader, TileStore } from '../../transparency/ports.ts';
import { s3Failure } from './failure.ts';
import { listKeys } from './list-keys.ts';

export interface S3Location {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
  /** The prefix of every path: empty, or ending with a slash. */
  readonly prefix: string;
}

export interface S3TileStoreOptions extends S3Location {
  /**
   * For how many days after its writing evidence may be deleted or overwritten by no user (`COMPLIANCE`), or only with
   * a special permission (`GOVERNANCE`). The bucket must have Object Lock.
   *
   * @default - the bucket's own default
   */
  readonly retention?: { readonly mode: ObjectLockMode; readonly days: number };
  /** Tells which paths the retention applies to. The others are overwritten or removed in normal operation. */
  readonly isEvidence: (path: string) => boolean;
}

const DAY_MS = 86_400_000;
/** How often a conflicting write is repeated: S3 answers 409 while it does not know yet which write was first. */
const MAX_CONFLICTS = 5;
/** Temporary errors despite their 4xx status. */
const PASSING_ERRORS: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
]);

/** Reads a log. Needs `s3:GetObject` and `s3:ListBucket` (without which S3 answers 403 for an absent object). */
export function s3TileReader({ client, bucket, prefix }: S3Location): TileReader {
  return {
    async read(path) {
      try {
        const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` }));
        return await body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw mapped('GetObject', error);
      }
    },

    async *list(folder) {
      try {
        for await (const key of listKeys(client, bucket, `${prefix}${folder}`)) yield key.slice(prefix.length);
      } catch (error) {
        throw mapped('ListObjectsV2', error);
      }
    },
  };
}

/**
 * Keeps a log. Sends each object with its SHA-256, which S3 checks and keeps. `create` is PutObject with
 * `If-None-Match: *`, of which S3 lets one succeed. Needs, besides the rights to read, `s3:PutObject`,
 * `s3:DeleteObject`, and `s3:PutObjectRetention` for a retention.
 */
export function s3TileStore(options: S3TileStoreOptions): TileStore {
  const { client, bucket, prefix, retention, isEvidence } = options;

  function put(path: string, bytes: Uint8Array, condition: { readonly IfNoneMatch?: '*' }): PutObjectCommand {
    const lock = retention !== undefined && isEvidence(path) ? retention : undefined;
    return new PutObjectCommand({
      Bucket: bucket,
      Key: `${prefix}${path}`,
      Body: bytes,
      ContentType: path === 'checkpoint' ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      ChecksumAlgorithm: 'SHA256', // S3 requires the name too where a retention is set
      ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
      ...condition,
      ...(lock && {
        ObjectLockMode: lock.mode,
        ObjectLockRetainUntilDate: new Date(Date.now() + lock.days * DAY_MS),
      }),
    });
  }

  return {
    ...s3TileReader(options),

    async create(path, bytes) {
      for (let attempt = 0; ; attempt++) {
        try {
          await client.send(put(path, bytes, { IfNoneMatch: '*' }));
          return 'created';
        } catch (error) {
          const { status } = s3Failure(error, PASSING_ERRORS);
          if (status === 412) return 'exists';
          if (status !== 409 || attempt === MAX_CONFLICTS) throw mapped('PutObject', error);
        }
      }
    },

    async replace(path, bytes) {
      await client.send(put(path, bytes, {})).catch((error: unknown) => {
        throw mapped('PutObject', error);
      });
    },

    async remove(path) {
      await client
        .send(new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` }))
        .catch((error: unknown) => {
          throw mapped('DeleteObject', error);
        });
    },
  };
}

function mapped(operation: string, error: unknown): LogError {
  const { name, passes } = s3Failure(error, PASSING_ERRORS);
  return new LogError(passes ? 'LOG_STORE_UNAVAILABLE' : 'LOG_STORE_REFUSED', `S3 ${operation} failed: ${name}`);
}

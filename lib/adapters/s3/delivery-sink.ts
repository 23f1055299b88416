// Delivers parcels as objects of a bucket, possibly of another account: compressed JSON lines, one object per call.
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { gzipped } from '../../base/gzip.ts';
import { idDigest } from '../../base/id-digest.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { verdictOfAwsFailure } from '../outbound/failure.ts';

export interface S3DeliverySinkOptions {
  /** Sets time-outs and retries; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  /** The KMS key that encrypts the objects. @default the bucket's own setting */
  readonly kmsKey?: string | undefined;
  /** @default `s3` */
  readonly name?: string;
}

/**
 * Writes one object per call. The same parcels make the same object: its key holds their earliest time and a digest of
 * their ids. A repeat in other calls makes another object; the ids in the lines show it. Needs `s3:PutObject`, and
 * `kms:GenerateDataKey` for a key.
 */
export function s3DeliverySink(options: S3DeliverySinkOptions): DeliverySink {
  const { client, bucket: Bucket, prefix, kmsKey, name = 's3' } = options;
  const encryption = kmsKey === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey };
  return {
    name,
    maxParcels: 5_000,
    maxBytes: 4_000_000,
    async deliver(parcels) {
      let verdict: Verdict = { kind: 'delivered' };
      try {
        const Body = await gzipped(parcels.map(({ body }) => `${body}\n`).join(''));
        // No ContentEncoding: readers that follow it would find plain lines under a name that says gzip.
        const object = { Bucket, Key: `${prefix}${keyOf(parcels)}`, Body, ContentType: 'application/gzip' };
        const { ETag } = await client.send(new PutObjectCommand({ ...object, ...encryption }));
        if (ETag === undefined) verdict = { kind: 'retry', reason: 'malformed reply' };
      } catch (error) {
        verdict = verdictOfAwsFailure(error);
      }
      return parcels.map(() => verdict);
    },
  };
}

/** Returns a key such as `2026/11/21/10/20261121T101502123Z-<digest>.jsonl.gz`: by hour, and by time within. */
function keyOf(parcels: readonly Parcel[]): string {
  const firstMs = parcels.reduce((least, { timeMs }) => Math.min(least, timeMs), Number.MAX_SAFE_INTEGER);
  const time = new Date(firstMs).toISOString();
  return `${time.slice(0, 13).replaceAll(/[-T]/g, '/')}/${time.replaceAll(/[-:.]/g, '')}-${idDigest(parcels)}.jsonl.gz`;
}

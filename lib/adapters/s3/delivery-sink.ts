// Parcels as objects of a bucket, perhaps of another account: compressed JSON lines, one object per call.
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { gzipped } from '../../base/gzip.ts';
import { idDigest } from '../../base/id-digest.ts';
import type { DeliverySink, Parcel, Verdict } from '../../delivery/ports.ts';
import { verdictOfAwsFailure } from '../outbound/failure.ts';

export interface S3DeliverySinkOptions {
  /** Decides about time-outs and repeats; see `s3Client`. */
  readonly client: S3Client;
  readonly bucket: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  /** KMS key that the objects are encrypted under. @default what the bucket does */
  readonly kmsKey?: string | undefined;
  /** @default `s3` */
  readonly name?: string;
}

/**
 * A repeat of the same parcels is the same object: its key is made of their first time and of their ids. A repeat in other
 * calls is not, and is told by the ids in the lines. Needs `s3:PutObject`, and `kms:GenerateDataKey` for a key.
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
        // No ContentEncoding: readers that follow it would find lines where the name of the object says gzip.
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

/** `2026/11/21/10/20261121T101502123Z-<digest>.jsonl.gz`: by hour, and in order of time within. */
function keyOf(parcels: readonly Parcel[]): string {
  const firstMs = parcels.reduce((least, { timeMs }) => Math.min(least, timeMs), Number.MAX_SAFE_INTEGER);
  const time = new Date(firstMs).toISOString();
  return `${time.slice(0, 13).replaceAll(/[-T]/g, '/')}/${time.replaceAll(/[-:.]/g, '')}-${idDigest(parcels)}.jsonl.gz`;
}

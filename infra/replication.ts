// Which buckets of a deployment S3 copies to a second Region, and by which roles.
import type { Config } from './config.ts';
import type { Replication } from './constructs/bucket-replication.ts';

/** What is copied: sealed policies and keys, the log, sealed tenants. */
export type Replicated = 'publication' | 'log' | 'tenants';

/** Returns the name of the role that copies a bucket, without its Region. */
export function replicationRole(deployment: string, bucket: Replicated): string {
  return `${deployment}-replicate-${bucket}`;
}

/** Returns where a bucket is copied to; undefined where it is not. */
export function replicationOf({ name, recovery }: Config, bucket: Replicated): Replication | undefined {
  if (recovery === false || recovery.buckets === undefined) return undefined;
  return { roleName: replicationRole(name, bucket), to: recovery.buckets[bucket] };
}

import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * Returns a client that gives up in bounded time: 4 attempts of at most 10 seconds, with the SDK's own back-off between
 * them. Region and credentials come from the environment unless given, and so does the endpoint of another service that
 * speaks S3, whose buckets are addressed by path because they have no host names of their own.
 */
export function s3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: 4,
    forcePathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
    // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...config,
  });
}

/** Returns a client of 2 attempts of at most 2.5 seconds, for calls that requests wait for. */
export function impatientS3Client(): S3Client {
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true };
  return s3Client({ maxAttempts: 2, requestHandler });
}

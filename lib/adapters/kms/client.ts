import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';

/**
 * A client that gives up in bounded time: 4 attempts of at most 2 seconds, with the SDK's own back-off between them.
 * Region and credentials come from the environment unless given.
 */
export function kmsClient(config: KMSClientConfig = {}): KMSClient {
  return new KMSClient({
    maxAttempts: 4,
    // Without throwOnRequestTimeout the SDK only warns when the time is up, and goes on waiting.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    ...config,
  });
}

import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';

/**
 * Returns a client that gives up in bounded time: 4 attempts of at most 2 seconds, with the SDK's own back-off between
 * them. Region and credentials come from the environment unless given.
 */
export function kmsClient(config: KMSClientConfig = {}): KMSClient {
  return new KMSClient({
    maxAttempts: 4,
    // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    ...config,
  });
}

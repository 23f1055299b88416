import { CloudWatchLogsClient, type CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';

/**
 * Returns a client that gives up in bounded time, because an answer waits for it: 4 attempts of at most 3 seconds, with
 * the SDK's own back-off between them (throttling, 5xx, network). Region and credentials come from the environment
 * unless given.
 */
export function cloudWatchLogsClient(config: CloudWatchLogsClientConfig = {}): CloudWatchLogsClient {
  return new CloudWatchLogsClient({
    maxAttempts: 4,
    // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    ...config,
  });
}

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

/** Returns a client for reading, with 20 seconds for each attempt: a page has up to 1 MB, and no answer waits for it. */
export function cloudWatchLogsReader(config: CloudWatchLogsClientConfig = {}): CloudWatchLogsClient {
  return cloudWatchLogsClient({
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    ...config,
  });
}

import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';

/**
 * Returns a client that gives up in bounded time: 3 attempts of at most 60 seconds, because an invocation may meet a
 * cold start and a layer may have megabytes. Region and credentials come from the environment unless given.
 */
export function lambdaClient(config: LambdaClientConfig = {}): LambdaClient {
  return new LambdaClient({
    maxAttempts: 3,
    // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
    ...config,
  });
}

import { SFNClient, type SFNClientConfig } from '@aws-sdk/client-sfn';

/** Returns a client that gives up in bounded time: 4 attempts of at most 10 seconds. Credentials come from the environment unless given. */
export function stepFunctionsClient(config: SFNClientConfig = {}): SFNClient {
  return new SFNClient({
    maxAttempts: 4,
    // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...config,
  });
}

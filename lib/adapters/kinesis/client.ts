import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * Returns a client that gives up in bounded time, because an answer waits for it: 4 attempts of at most 3 seconds, with
 * the SDK's own back-off between them (throttling of the whole call, 5xx, network). HTTP/1.1 instead of the SDK's
 * HTTP/2: the one connection of an HTTP/2 session does not survive a frozen Lambda process, and emulators do not speak
 * it.
 */
export function kinesisClient(config: KinesisClientConfig = {}): KinesisClient {
  return new KinesisClient({
    maxAttempts: 4,
    // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    }),
    ...config,
  });
}

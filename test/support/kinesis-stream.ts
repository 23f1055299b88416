// A Kinesis stream in an emulator, read back as lines.
import { randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';

/** A stream of one shard, which does not exist until `make`. */
export function kinesisStream(client: KinesisClient) {
  const StreamName = randomUUID();
  return {
    streamName: StreamName,
    make: async () => {
      await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
      await waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 1 }, { StreamName });
    },
    read: async () => linesOf(await readShard(client, StreamName)),
    remove: async () => {
      await client.send(new DeleteStreamCommand({ StreamName })).catch(() => {});
    },
  };
}

/** Returns the lines in the data of records. */
export function linesOf(records: readonly Uint8Array[]): readonly string[] {
  return records.flatMap((data) => Buffer.from(data).toString().split('\n').slice(0, -1));
}

/** Reads the data of all records of a stream with one shard, in order. */
async function readShard(client: KinesisClient, StreamName: string): Promise<readonly Uint8Array[]> {
  const where = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;
  let { ShardIterator } = await client.send(new GetShardIteratorCommand(where));
  const found: Uint8Array[] = [];
  for (;;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator }));
    for (const { Data } of page.Records ?? []) if (Data !== undefined) found.push(Data);
    if ((page.Records ?? []).length === 0) return found;
    ShardIterator = page.NextShardIterator;
  }
}

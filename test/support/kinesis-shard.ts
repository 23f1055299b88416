import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';

/** The data of all records of a stream with one shard, in order. */
export async function readShard(client: KinesisClient, StreamName: string): Promise<readonly Uint8Array[]> {
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

// Kinesis Data Streams: PutRecords with the quotas of a stream of default settings, one shard.
import { type Json, ServiceFault, text } from './aws-json.ts';

export interface StoredRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
  readonly sequenceNumber: string;
}

const MAX_RECORDS = 500;
const MAX_CALL_BYTES = 5 * 1024 * 1024;
const MAX_RECORD_BYTES = 1024 * 1024;

type Operation = (body: Json, fault: { readonly kind: string } | undefined) => Json;

export function kinesisOperations(streams: Map<string, StoredRecord[]>): Readonly<Record<string, Operation>> {
  return {
    'Kinesis_20131202.PutRecords': (body, fault) => {
      const stream = streams.get(text(body, 'StreamName'));
      if (stream === undefined) throw new ServiceFault('ResourceNotFoundException', 'Stream not found');
      const records = validRecords(body['Records']);
      const results = records.map((record, i) => {
        if (fault?.kind === 'partial' && i % 2 === 0) {
          const ErrorCode = i % 4 === 0 ? 'ProvisionedThroughputExceededException' : 'InternalFailure';
          return { ErrorCode, ErrorMessage: 'Rate exceeded for shard shardId-000000000000' };
        }
        const sequenceNumber = String(49_545_115_243_490_985n * 10n ** 40n + BigInt(stream.length));
        stream.push({ ...record, sequenceNumber });
        return { SequenceNumber: sequenceNumber, ShardId: 'shardId-000000000000' };
      });
      return { FailedRecordCount: results.filter((result) => 'ErrorCode' in result).length, Records: results };
    },
  };
}

function validRecords(value: unknown): readonly Omit<StoredRecord, 'sequenceNumber'>[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_RECORDS) {
    throw new ServiceFault('ValidationException', `1 to ${MAX_RECORDS} records`);
  }
  const records = value.map((record: Json) => {
    const partitionKey = text(record, 'PartitionKey');
    if (partitionKey.length > 256) throw new ServiceFault('ValidationException', 'PartitionKey: at most 256');
    return { partitionKey, data: Buffer.from(String(record['Data']), 'base64') };
  });
  const sizes = records.map(({ partitionKey, data }) => Buffer.byteLength(partitionKey) + data.length);
  if (sizes.some((size) => size > MAX_RECORD_BYTES))
    throw new ServiceFault('ValidationException', 'Record: at most 1 MiB');
  if (sizes.reduce((sum, size) => sum + size, 0) > MAX_CALL_BYTES) {
    throw new ServiceFault('InvalidArgumentException', 'Records: at most 5 MiB');
  }
  return records;
}

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { EventSourceMapping, type Function as LambdaFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Right } from './rights.ts';

export interface RecordStreamProps {
  readonly shards: number;
  readonly retention: Duration;
}

export interface ReaderProps {
  readonly batchSize: number;
  /** How long Lambda waits for a batch to fill. @default 0 */
  readonly batchingWindow?: Duration;
  /** @default none: each batch is a window of its own */
  readonly tumblingWindow?: Duration;
  /** Whether the function reports the record from which on a batch failed. */
  readonly partialFailures: boolean;
}

/** A Kinesis stream of lines, encrypted under the key of the service. Kinesis accepts TLS only. */
export class RecordStream extends Stream {
  constructor(scope: Construct, id: string, { shards, retention }: RecordStreamProps) {
    super(scope, id, {
      streamMode: StreamMode.PROVISIONED,
      shardCount: shards,
      retentionPeriod: retention,
      encryption: StreamEncryption.MANAGED,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Returns the right that Lambda needs to read batches for a function. */
  reading(): Right {
    return {
      actions: [
        'kinesis:DescribeStream',
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
      ],
      resources: [this.streamArn],
    };
  }

  /** Returns the right of a writer. */
  writing(): Right {
    return { actions: ['kinesis:PutRecords'], resources: [this.streamArn] };
  }

  /**
   * Delivers batches to a function, in order within a shard, from the oldest record on. Lambda repeats a failed batch
   * until it succeeds or the stream drops its records.
   */
  handTo(scope: Construct, target: LambdaFunction, props: ReaderProps): EventSourceMapping {
    return new EventSourceMapping(scope, 'Batches', {
      target: target,
      eventSourceArn: this.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      parallelizationFactor: 1,
      ...(props.batchingWindow && { maxBatchingWindow: props.batchingWindow }),
      ...(props.tumblingWindow && { tumblingWindow: props.tumblingWindow }),
      ...(props.partialFailures && { reportBatchItemFailures: true }),
    });
  }
}

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
  /** How long to wait for a batch to fill. @default 0 */
  readonly batchingWindow?: Duration;
  /** @default each batch is by itself */
  readonly tumblingWindow?: Duration;
  /** Whether the function says from which record on a batch failed. */
  readonly partialFailures: boolean;
}

/** A Kinesis stream of lines, encrypted under the key of the service, which is reached by TLS only. */
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

  /** What a function's role needs to be handed the stream's batches. */
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

  /** What a writer needs. */
  writing(): Right {
    return { actions: ['kinesis:PutRecords'], resources: [this.streamArn] };
  }

  /**
   * Hands batches to a function, each shard's in order and from the oldest record on. A batch that fails comes again until it
   * succeeds or its records are older than the stream keeps them: none is given up before.
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

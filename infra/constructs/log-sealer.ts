import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import type { KeySpec } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionName } from '../../lib/contract/deployment.ts';
import { SEALER_ENV } from '../../lib/contract/log-sealer.ts';
import { BundledFunction, roleArn } from './bundled-function.ts';
import type { Replication } from './bucket-replication.ts';
import { GuardedKey, type KeyUse, type Replicated } from './guarded-key.ts';
import { type AccessLogs, PrivateBucket } from './private-bucket.ts';
import type { RecordStream } from './record-stream.ts';
import { watchedByVerifier } from './watched-keys.ts';

export interface LogSealerProps {
  readonly deployment: string;
  readonly bundles: string;
  readonly logDays: RetentionDays;
  readonly stream: RecordStream;
  readonly accessLogs: AccessLogs;
  /** The permanent name of the log. */
  readonly origin: string;
  /** Kind of the key that signs checkpoints. */
  readonly keySpec: KeySpec;
  readonly keyAdministrators: readonly string[];
  /** Verifier keys of checkpoint keys before a rotation. */
  readonly formerKeys: readonly string[];
  /** Witnesses that cosign checkpoints, with their submission prefixes. */
  readonly witnesses: readonly { readonly key: string; readonly url: string }[];
  /** URLs of timestamp authorities (RFC 3161). */
  readonly timestampUrls: readonly string[];
  /** Interval of the schedule. */
  readonly every: Duration;
  /** Days for which Object Lock forbids deletion of sealed records to every user. */
  readonly lockDays: number;
  /** The bucket of the log and its key, of an earlier deployment. @default new ones */
  readonly adopt: { readonly logBucket?: string | undefined; readonly checkpointKey?: string | undefined };
  readonly multiRegionKeys: boolean;
  /** @default no replica of the key may be made */
  readonly replicated: Replicated | undefined;
  /** @default the log stays in this Region */
  readonly replication: Omit<Replication, 'prefix'> | undefined;
}

/** Prefix of the log in its bucket. */
export const LOG_PREFIX = 'log/';

/** Expires working files that were replaced or deleted. Locked objects stay until their lock ends. */
export const LOG_LIFECYCLE = { noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true };

/** What ends the lock of evidence, or its versions. */
export const UNLOCKING = [
  's3:BypassGovernanceRetention',
  's3:DeleteBucket',
  's3:DeleteObjectVersion',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketVersioning',
] as const;

/** Returns what the policy of the checkpoint key, and of its replica, allows. */
export function checkpointUses(deployment: string): KeyUse[] {
  const roles = [roleArn(functionName(deployment, 'log-sealer'))];
  return [{ sid: 'SignCheckpoints', actions: ['kms:Sign', 'kms:GetPublicKey'], roles }, watchedByVerifier(deployment)];
}

/**
 * Seals the records of a stream in a Merkle log: the function, its schedule, the signing key and the bucket. The
 * function locks evidence itself, object by object in compliance mode, so that working files can be deleted.
 */
export class LogSealer extends Construct {
  readonly function: BundledFunction;
  readonly bucket: PrivateBucket;
  readonly key: GuardedKey;
  /** `s3://bucket/prefix` */
  readonly location: string;

  constructor(scope: Construct, id: string, props: LogSealerProps) {
    super(scope, id);
    const name = functionName(props.deployment, 'log-sealer');
    const role = roleArn(name);
    this.bucket = new PrivateBucket(this, 'Log', {
      accessLogs: props.accessLogs,
      objectLock: true,
      adopted: props.adopt.logBucket,
      lifecycleRules: [LOG_LIFECYCLE],
      replication: props.replication && { ...props.replication, prefix: LOG_PREFIX },
    });
    // The verifier notes where its next run begins, under a prefix of its own.
    const verifier = roleArn(functionName(props.deployment, 'log-verifier'));
    this.bucket.reserve(['s3:PutObject'], [role, verifier]);
    this.bucket.reserve(['s3:PutObject'], [role], `${LOG_PREFIX}*`);
    this.bucket.reserve(['s3:DeleteObject', 's3:PutObjectRetention'], [role]);
    this.bucket.forbid([...UNLOCKING, 's3:PutObjectLegalHold']);
    this.location = `s3://${this.bucket.bucketName}/${LOG_PREFIX}`;
    this.key = new GuardedKey(this, 'CheckpointKey', {
      alias: `alias/${props.deployment}-checkpoints`,
      description: 'Signs checkpoints of the audit log',
      signing: props.keySpec,
      adopted: props.adopt.checkpointKey,
      administrators: props.keyAdministrators,
      multiRegion: props.multiRegionKeys,
      replicated: props.replicated,
      uses: checkpointUses(props.deployment),
    });
    this.function = new BundledFunction(this, 'Function', {
      functionName: name,
      description: 'Seals audit records in a Merkle log and signs its checkpoints',
      bundles: props.bundles,
      bundle: 'log-sealer',
      memoryMb: 1024,
      timeLimit: Duration.minutes(2),
      logDays: props.logDays,
      environment: {
        [SEALER_ENV.logLocation]: this.location,
        [SEALER_ENV.logOrigin]: props.origin,
        [SEALER_ENV.checkpointKeyId]: this.key.keyArn,
        [SEALER_ENV.checkpointIntervalS]: String(props.every.toSeconds()),
        [SEALER_ENV.logRetentionDays]: String(props.lockDays),
        ...(props.formerKeys.length > 0 && { [SEALER_ENV.formerCheckpointKeys]: props.formerKeys.join(' ') }),
        ...(props.witnesses.length > 0 && {
          [SEALER_ENV.witnesses]: props.witnesses.map(({ key, url }) => `${key} ${url}`).join(', '),
        }),
        ...(props.timestampUrls.length > 0 && { [SEALER_ENV.timestampUrls]: props.timestampUrls.join(' ') }),
      },
      rights: [
        props.stream.reading(),
        { actions: ['kms:GetPublicKey', 'kms:Sign'], resources: [this.key.keyArn] },
        {
          actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],
          resources: [this.bucket.arnForObjects(`${LOG_PREFIX}*`)],
          because: 'Objects of the log; the function names them as the log grows',
        },
        { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] },
      ],
    });
    props.stream.handTo(this, this.function.function, {
      batchSize: 1000,
      batchingWindow: Duration.seconds(10),
      partialFailures: false,
    });
    new Rule(this, 'Clock', {
      description: 'Signs a checkpoint on schedule, also without records',
      schedule: Schedule.rate(props.every),
      targets: [new InvokeFunction(this.function.function)],
    });
  }
}

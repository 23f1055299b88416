import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionName } from '../../lib/contract/deployment.ts';
import { VERIFIER_ENV } from '../../lib/contract/log-verifier.ts';
import { BundledFunction, roleArn } from './bundled-function.ts';
import { LOG_PREFIX, type LogSealer } from './log-sealer.ts';
import { watchedAliases, watching } from './watched-keys.ts';

export interface LogVerifierProps {
  readonly deployment: string;
  readonly bundles: string;
  readonly logDays: RetentionDays;
  /** The audit log group. */
  readonly records: ILogGroup;
  /** The sealer, whose log is compared. */
  readonly sealer: LogSealer;
  /** Whether there is a tenants' stack, whose key is watched too. */
  readonly hasTenants: boolean;
  /** Interval of the schedule. */
  readonly every: Duration;
}

/** Prefix of what the function notes, in the bucket of the log. */
const MEMORY_PREFIX = 'verifier/';

/**
 * Compares the audit log group with the log on a schedule, and asks whether the keys can be used: function and schedule. Its role reads both and
 * writes nothing but where its next run begins, so it can hide no record of the trail or the log.
 */
export class LogVerifier extends Construct {
  readonly function: BundledFunction;

  constructor(scope: Construct, id: string, { sealer, records, every, hasTenants, ...props }: LogVerifierProps) {
    super(scope, id);
    const { bucket } = sealer;
    const aliases = watchedAliases(props.deployment, hasTenants);
    const name = functionName(props.deployment, 'log-verifier');
    bucket.reserve(['s3:PutObject'], [roleArn(name)], `${MEMORY_PREFIX}*`);
    this.function = new BundledFunction(this, 'Function', {
      functionName: name,
      description: 'Compares the audit log group with the Merkle log',
      bundles: props.bundles,
      bundle: 'log-verifier',
      memoryMb: 512,
      timeLimit: Duration.minutes(10),
      logDays: props.logDays,
      environment: {
        [VERIFIER_ENV.logGroup]: records.logGroupName,
        [VERIFIER_ENV.logLocation]: sealer.location,
        [VERIFIER_ENV.memoryLocation]: `s3://${bucket.bucketName}/${MEMORY_PREFIX}`,
        [VERIFIER_ENV.watchedKeys]: aliases.join(','),
      },
      rights: [
        { actions: ['logs:FilterLogEvents'], resources: [records.logGroupArn] },
        {
          actions: ['s3:GetObject'],
          resources: [bucket.arnForObjects(`${LOG_PREFIX}*`)],
          because: 'Objects of the log, which the sealer names as the log grows',
        },
        {
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [bucket.arnForObjects(`${MEMORY_PREFIX}*`)],
          because: 'The prefix is the verifier’s own',
        },
        { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
        watching(aliases),
      ],
    });
    new Rule(this, 'Clock', {
      description: 'Compares the audit log group with the log on schedule',
      schedule: Schedule.rate(every),
      targets: [new InvokeFunction(this.function.function)],
    });
  }
}

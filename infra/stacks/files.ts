// The file protector: columns of objects of a bucket, when they arrive and by whole buckets.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, CfnOutput, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { functionName } from '../../lib/contract/deployment.ts';
import {
  DUCKDB_LAYER,
  FILES_ENV,
  JOBS_FOLDER,
  placeOf,
  RESULTS_FOLDER,
  WORK_FOLDERS,
} from '../../lib/contract/file-protector.ts';
import { PUBLISHED } from '../../lib/contract/policy-agent.ts';
import { BUDGET_PREFIX, ENV } from '../../lib/contract/protect-function.ts';
import { type Config, ConfigError, type FilesConfig } from '../config.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import { BundledFunction, roleArn } from '../constructs/bundled-function.ts';
import { ObjectJobs } from '../constructs/object-jobs.ts';
import { AccessLogs, PrivateBucket } from '../constructs/private-bucket.ts';
import { bucketArn, type Right } from '../constructs/rights.ts';
import { countsParameter } from '../naming.ts';
import manifest from '../../package.json' with { type: 'json' };
import { defined } from '../settings.ts';
import type { AuditStack } from './audit.ts';
import type { PolicyStack } from './policy.ts';

/** The version of the native part of DuckDB that the bundle of this release goes with. */
const DUCKDB = manifest.dependencies['@duckdb/node-bindings'];

export interface FilesStackProps extends StackProps {
  readonly config: Config;
  readonly files: FilesConfig;
  /** Folder of the bundles. */
  readonly bundles: string;
  readonly audit: AuditStack;
  readonly policy: PolicyStack;
}

/** Where jobs, states and results begin in their bucket. */
const PREFIX = 'files/';
/** An invocation is asynchronous: Lambda repeats it twice, and then hands its event to the queue. */
const ATTEMPTS = 3;

type Place = ReturnType<typeof placeOf>;

/** The file protector of a deployment. The bucket of its jobs and of their states outlives the stack; source and target are not ours. */
export class FilesStack extends Stack {
  readonly function: BundledFunction;
  /** Names of the state machine, and of the queue of events that no attempt could handle. No references, as other stacks need none. */
  readonly machineName: string;
  readonly queueName: string;

  constructor(scope: Construct, id: string, { config, files, bundles, audit, policy, ...props }: FilesStackProps) {
    super(scope, id, props);
    const { name } = config;
    const own = functionName(name, 'file-protector');
    this.machineName = `${name}-files`;
    this.queueName = `${name}-file-events`;
    const source = placeOf(files.source);
    const target = placeOf(files.target);
    const publication = policy.publicationBucket.exportName();
    const counts = config.budgets ? this.#countBucket(name) : undefined;
    const work = this.#workBucket(roleArn(own));
    const queue = new Queue(this, 'FailedEvents', {
      queueName: this.queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(queue, 'AwsSolutions-SQS3', 'It is the dead-letter queue');
    // No answer leaves here before its record, so the mode `buffered` is for others.
    const toStream = config.audit.mode === 'kinesis';
    this.function = new BundledFunction(this, 'Protector', {
      functionName: own,
      description: 'Protects and unprotects columns of objects',
      bundles,
      bundle: 'file-protector',
      // A range of 256 MB is computed, not waited for: a whole processor.
      // DuckDB holds a row group of Parquet in memory, and a range on the disk.
      memoryMb: Math.max(config.memoryMb, files.parquet ? 3008 : 1769),
      ...(files.parquet && { layerFolder: duckdbLayer(bundles), diskMb: 2048 }),
      timeLimit: Duration.minutes(15),
      logDays: config.functionLogDays,
      tracing: config.tracing,
      vpc: config.vpc,
      reservedConcurrency: files.reservedConcurrency,
      environment: {
        [FILES_ENV.location]: `s3://${work.bucketName}/${PREFIX}`,
        [FILES_ENV.publicationBucket]: publication,
        ...(files.parquet && { [FILES_ENV.duckdb]: `/opt/${DUCKDB_LAYER.file}` }),
        ...(toStream
          ? { [ENV.auditMode]: 'kinesis' as const, [ENV.auditStream]: audit.stream.streamName }
          : { [ENV.auditMode]: 'blocking' as const, [ENV.auditLogGroup]: audit.logGroup.logGroupName }),
        ...defined({
          [ENV.usernameRegex]: config.usernameRegex,
          [ENV.serviceUser]: config.serviceUser,
          [ENV.budgetStore]: counts && `s3://${counts}/${BUDGET_PREFIX}`,
        }),
      },
      rights: [
        audit.writing(),
        ...policy.key.opening(),
        policy.key.openingJobs(),
        ...reading(source, files.sourceKey),
        ...writing(target, files.targetKey),
        ...published(publication),
        ...remembering(work),
        ...counting(counts),
        { actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
      ],
    });
    new CfnEventInvokeConfig(this, 'FailedInvocations', {
      functionName: this.function.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: ATTEMPTS - 1,
      maximumEventAgeInSeconds: Duration.hours(6).toSeconds(),
      destinationConfig: { onFailure: { destination: queue.queueArn } },
    });
    new Rule(this, 'Uploads', {
      description: 'Hands new objects of the source to the file protector',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [source.bucket] },
          ...(source.prefix !== '' && { object: { key: [{ prefix: source.prefix }] } }),
        },
      },
      targets: [new InvokeFunction(this.function.function, { deadLetterQueue: queue })],
    });
    const jobs = new ObjectJobs(this, 'Jobs', {
      name: this.machineName,
      functionArn: this.function.function.functionArn,
      concurrency: files.concurrency,
      source,
      ...(files.inventory !== undefined && { inventory: placeOf(files.inventory) }),
      results: { bucket: work.bucketName, prefix: `${PREFIX}${RESULTS_FOLDER}` },
    });

    new CfnOutput(this, 'FileProtector', { value: this.function.function.functionName });
    new CfnOutput(this, 'FilesLocation', { value: `s3://${work.bucketName}/${PREFIX}` });
    new CfnOutput(this, 'FilesMachine', { value: jobs.machineArn });
    new CfnOutput(this, 'FailedFileEvents', { value: queue.queueUrl });
    new CfnOutput(this, 'SealJob', {
      description: 'Seals a job',
      value: `npx protector files seal job.json --to s3://${work.bucketName}/${PREFIX} --kms alias/${name}-sealing`,
    });
    new CfnOutput(this, 'StartJob', {
      description: 'Protects every object of a job',
      value: `npx protector files start NAME --machine ${jobs.machineArn}`,
    });
  }

  /** Returns the name of the bucket of the counts, which CloudFormation reads at each deployment. */
  #countBucket(deployment: string): string {
    return new CfnParameter(this, 'BudgetCounts', {
      type: 'AWS::SSM::Parameter::Value<String>',
      default: countsParameter(deployment),
      description: 'The bucket that counts the values that users see',
    }).valueAsString;
  }

  /** Makes the bucket of jobs, states and results. Only the function writes states: who could, might have work done twice. */
  #workBucket(role: string): PrivateBucket {
    const bucket = new PrivateBucket(this, 'Work', {
      accessLogs: new AccessLogs(this, 'AccessLogs'),
      lifecycleRules: [
        // A range that is absent is protected again.
        { prefix: `${PREFIX}${WORK_FOLDERS.ranges}`, expiration: Duration.days(14) },
        {
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    for (const folder of Object.values(WORK_FOLDERS)) {
      bucket.reserve(['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], [role], `${PREFIX}${folder}*`);
    }
    return bucket;
  }
}

/** Throws `ConfigError` where the build has made no layer, or an earlier release has: the function would fail every job on Parquet. */
function duckdbLayer(bundles: string): string {
  const { folder, version } = DUCKDB_LAYER;
  const file = join(bundles, folder, version);
  const made = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (made === DUCKDB) return folder;
  const what =
    made === undefined ? 'the layer with DuckDB' : `the layer with DuckDB ${DUCKDB}, and has that of ${made}`;
  throw new ConfigError(`protector.files.parquet needs ${what}: run npm run build -- --parquet first`);
}

function objectsOf({ bucket, prefix }: Place): string {
  return `${bucketArn(bucket)}/${prefix}*`;
}

/** Returns the right to know whether an object is there: without it S3 says 403 of one that is absent. */
function listing({ bucket }: Place): Right {
  return { actions: ['s3:ListBucket'], resources: [bucketArn(bucket)] };
}

function reading(source: Place, key: string | undefined): Right[] {
  const because = 'Objects of the source, whose names are not known before';
  return [
    { actions: ['s3:GetObject'], resources: [objectsOf(source)], because },
    listing(source),
    ...throughS3(key, ['kms:Decrypt']),
  ];
}

/** There is no right to read what is written: an `unprotect` writes clear values. */
function writing(target: Place, key: string | undefined): Right[] {
  return [
    {
      actions: [
        's3:AbortMultipartUpload',
        's3:GetObjectTagging',
        's3:ListMultipartUploadParts',
        's3:PutObject',
        's3:PutObjectTagging',
      ],
      resources: [objectsOf(target)],
      because: 'Objects of the target, which have the names of the source',
    },
    listing(target),
    // S3 decrypts the parts of an upload when it joins them.
    ...throughS3(key, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

function throughS3(key: string | undefined, actions: readonly string[]): Right[] {
  if (key === undefined) return [];
  const conditions = { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.amazonaws.com` } };
  return [{ actions, resources: [key], conditions }];
}

/** The keyring is in that bucket too, and of no use here. */
function published(bucket: string): Right[] {
  const { journal, signingKey, policies } = PUBLISHED;
  return [
    { actions: ['s3:GetObject'], resources: [journal, signingKey].map((key) => `${bucketArn(bucket)}/${key}`) },
    {
      actions: ['s3:GetObject'],
      resources: [`${bucketArn(bucket)}/${policies}*`],
      because: 'Sealed policies, one a version',
    },
    listing({ bucket, prefix: '' }),
  ];
}

/** Without `ListBucket` an absent object looks like a forbidden one. */
function counting(counts: string | undefined): Right[] {
  if (counts === undefined) return [];
  const because = 'An object for each user and day';
  return [
    { actions: ['s3:GetObject', 's3:PutObject'], resources: [`${bucketArn(counts)}/${BUDGET_PREFIX}*`], because },
    { actions: ['s3:ListBucket'], resources: [bucketArn(counts)] },
  ];
}

function remembering(work: PrivateBucket): Right[] {
  const because = 'A document for each job, object and range';
  return [
    { actions: ['s3:GetObject'], resources: [work.arnForObjects(`${PREFIX}${JOBS_FOLDER}*`)], because },
    {
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: Object.values(WORK_FOLDERS).map((folder) => work.arnForObjects(`${PREFIX}${folder}*`)),
      because,
    },
    { actions: ['s3:ListBucket'], resources: [work.bucketArn] },
  ];
}

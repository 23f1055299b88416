// The audit trail: the log group, the stream behind it, the functions that seal and forward the records of the stream,
// and the one that compares log group and log.
import { Aws, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { KeySpec } from 'aws-cdk-lib/aws-kms';
import { CfnSubscriptionFilter, FieldIndexPolicy, LogGroup, LogGroupClass } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { functionName } from '../../lib/contract/deployment.ts';
import { INDEXED_FIELDS } from '../../lib/contract/records.ts';
import { administratorsOf, replicated } from '../administrators.ts';
import type { Config } from '../config.ts';
import { GuardedKey, logGroupArns } from '../constructs/guarded-key.ts';
import { LogForwarder } from '../constructs/log-forwarder.ts';
import { LogSealer } from '../constructs/log-sealer.ts';
import { AccessLogs } from '../constructs/private-bucket.ts';
import { LogVerifier } from '../constructs/log-verifier.ts';
import { RecordStream } from '../constructs/record-stream.ts';
import { policyOf, type Right } from '../constructs/rights.ts';
import type { TenantStore } from '../constructs/tenant-store.ts';
import { watchedByVerifier } from '../constructs/watched-keys.ts';
import { stackSuffix } from '../naming.ts';
import { replicationOf } from '../replication.ts';

export interface AuditStackProps extends StackProps {
  readonly config: Config;
  /** Folder of the bundles. */
  readonly bundles: string;
  /** @default no tenants */
  readonly tenants?: TenantStore | undefined;
}

/** The audit trail of a deployment. Every resource that holds records outlives the stack. */
export class AuditStack extends Stack {
  readonly logGroup: LogGroup;
  readonly stream: RecordStream;
  readonly sealer: LogSealer;
  readonly verifier: LogVerifier;
  /** Absent where merged records have no destination. */
  readonly forwarder: LogForwarder | undefined;
  readonly #mode: Config['audit']['mode'];

  constructor(scope: Construct, id: string, { config, bundles, tenants, ...props }: AuditStackProps) {
    super(scope, id, props);
    const { name, audit, functionLogDays: logDays } = config;
    this.#mode = audit.mode;
    const prefix = `/${name}/audit/`;
    const key = new GuardedKey(this, 'LogKey', {
      alias: `alias/${name}-audit-log`,
      description: 'Encrypts the audit log group',
      administrators: administratorsOf(this, config),
      uses: [
        {
          sid: 'EncryptLogGroups',
          actions: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
          service: `logs.${this.region}.amazonaws.com`,
          conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroupArns(prefix) } },
        },
        watchedByVerifier(name),
      ],
    });
    this.logGroup = new LogGroup(this, 'Records', {
      // The log group outlives its stack, so its name must not collide with that of the next deployment.
      logGroupName: `${prefix}${stackSuffix(this)}`,
      logGroupClass: LogGroupClass.STANDARD,
      encryptionKey: key.key,
      retention: audit.retentionDays,
      deletionProtectionEnabled: true,
      fieldIndexPolicies: [new FieldIndexPolicy({ fields: [...INDEXED_FIELDS] })],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.stream = new RecordStream(this, 'Stream', {
      shards: audit.shards,
      retention: Duration.hours(audit.streamRetentionHours),
    });
    subscribe(this, this.logGroup, this.stream);
    const accessLogs = new AccessLogs(this, 'AccessLogs');
    this.sealer = new LogSealer(this, 'Sealer', {
      deployment: name,
      bundles,
      logDays,
      stream: this.stream,
      accessLogs,
      origin: audit.logOrigin ?? `${name}/${this.account}/${this.region}`,
      keySpec: KeySpec[audit.checkpointKey],
      keyAdministrators: administratorsOf(this, config),
      formerKeys: audit.formerCheckpointKeys,
      witnesses: audit.witnesses,
      timestampUrls: audit.timestampUrls,
      every: Duration.minutes(audit.checkpointMinutes),
      lockDays: audit.lockDays,
      adopt: config.adopt,
      multiRegionKeys: config.multiRegionKeys,
      replicated: replicated(this, config),
      replication: replicationOf(config, 'log'),
    });
    this.verifier = new LogVerifier(this, 'Verifier', {
      deployment: name,
      bundles,
      logDays,
      records: this.logGroup,
      sealer: this.sealer,
      hasTenants: tenants !== undefined,
      every: Duration.minutes(audit.verifyMinutes),
    });
    if (audit.esa !== undefined || tenants !== undefined) {
      this.forwarder = new LogForwarder(this, 'Forwarder', {
        functionName: functionName(name, 'log-forwarder'),
        bundles,
        logDays,
        stream: this.stream,
        batches: { batchSize: 1000, tumblingWindow: Duration.minutes(1) },
        accessLogs,
        vpc: config.vpc,
        esa: audit.esa,
        tenants,
      });
    }

    // Exports whatever later stacks may use, whether they do now or not: CloudFormation refuses to remove an export while
    // the former version of a later stack still imports it.
    const { logGroup, stream } = this;
    for (const used of [logGroup.logGroupName, logGroup.logGroupArn, stream.streamName, stream.streamArn]) {
      this.exportValue(used);
    }
    this.sealer.bucket.exportName();
    new CfnOutput(this, 'AuditLogGroup', { value: this.logGroup.logGroupName });
    new CfnOutput(this, 'AuditStream', { value: this.stream.streamName });
    new CfnOutput(this, 'LogLocation', { value: this.sealer.location });
    this.forwarder?.output(this, 'LogForwarder');
    new CfnOutput(this, 'CheckpointKey', { value: this.sealer.key.keyArn });
  }

  /** Returns the right of a protect function to write records, in the configured mode. */
  writing(): Right {
    return this.#mode === 'kinesis' ? this.stream.writing() : this.writingToLogGroup();
  }

  /** Returns the right of the policy agent, whose records go to the log group in every mode. */
  writingToLogGroup(): Right {
    return { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] };
  }
}

/** Has CloudWatch Logs put the records of the group into the stream, in order within a log stream. */
function subscribe(scope: Construct, logGroup: LogGroup, stream: RecordStream): void {
  const role = new Role(scope, 'SubscriptionRole', {
    assumedBy: new ServicePrincipal('logs.amazonaws.com', {
      conditions: { StringLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` } },
    }),
    description: 'Puts audit records from the log group into the stream',
    inlinePolicies: {
      Put: policyOf([{ actions: ['kinesis:PutRecord', 'kinesis:PutRecords'], resources: [stream.streamArn] }]),
    },
  });
  new CfnSubscriptionFilter(scope, 'Subscription', {
    logGroupName: logGroup.logGroupName,
    destinationArn: stream.streamArn,
    roleArn: role.roleArn,
    filterPattern: '',
    distribution: 'ByLogStream',
  }).node.addDependency(role);
}

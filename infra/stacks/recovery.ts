// What a deployment needs in a second Region, where the first one is lost: replicas of its keys, and the buckets that S3
// copies the sealed policies, the log and the sealed tenants to.
import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functionName } from '../../lib/contract/deployment.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { administratorsOf } from '../administrators.ts';
import type { Config, RecoveryConfig } from '../config.ts';
import { roleArn } from '../constructs/bundled-function.ts';
import { checkpointUses, LOG_LIFECYCLE, LOG_PREFIX, UNLOCKING } from '../constructs/log-sealer.ts';
import { AccessLogs, PrivateBucket, type PrivateBucketProps } from '../constructs/private-bucket.ts';
import { ReplicaKey } from '../constructs/replica-key.ts';
import { sealingUses } from '../constructs/sealing-key.ts';
import { tenantsUses } from '../constructs/tenant-store.ts';
import { type Replicated, replicationRole } from '../replication.ts';

export interface RecoveryStackProps extends StackProps {
  readonly config: Config;
  readonly recovery: RecoveryConfig;
}

const CHANGING = ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'] as const;

/**
 * Replicas in a second Region. A deployment of the same name there adopts them, and finds in their policies the roles that
 * its functions have there. Keys and buckets outlive the stack.
 */
export class RecoveryStack extends Stack {
  readonly #config: Config;
  readonly #recovery: RecoveryConfig;

  constructor(scope: Construct, id: string, { config, recovery, ...props }: RecoveryStackProps) {
    super(scope, id, { ...props, env: { region: recovery.region } });
    this.#config = config;
    this.#recovery = recovery;
    const accessLogs = new AccessLogs(this, 'AccessLogs');
    const publication = this.#bucket('Publication', 'publication', { accessLogs });
    publication.reserve(CHANGING, [this.#role('policy-agent')]);
    const log = this.#bucket('Log', 'log', {
      accessLogs,
      objectLock: true,
      // Commits that are done: their removal is not copied.
      lifecycleRules: [{ ...LOG_LIFECYCLE }, { prefix: `${LOG_PREFIX}pending/`, expiration: Duration.days(7) }],
    });
    log.forbid([...UNLOCKING, 's3:DeleteObject', 's3:PutObject']);
    const tenants = this.#bucket('Tenants', 'tenants', { accessLogs });
    if (recovery.keys !== undefined) this.#keys(recovery.keys);
    for (const [name, bucket] of Object.entries({ Publication: publication, Log: log, Tenants: tenants })) {
      new CfnOutput(this, `${name}Replica`, { value: bucket.bucketName });
    }
  }

  /** Makes a bucket that the replication of the first Region alone fills, until this Region has taken over. */
  #bucket(id: string, name: Replicated, props: PrivateBucketProps): PrivateBucket {
    const bucket = new PrivateBucket(this, id, props);
    if (this.#recovery.takenOver) bucket.forbid(['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags']);
    else {
      const copying = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${replicationRole(this.#config.name, name)}-*`;
      bucket.reserve(['s3:ReplicateObject', 's3:ReplicateTags', 's3:PutObjectLegalHold'], [copying]);
      bucket.forbid(['s3:ReplicateDelete']);
    }
    return bucket;
  }

  #keys({ sealing, checkpoints, tenants }: NonNullable<RecoveryConfig['keys']>): void {
    const { name, tenants: tenantsConfig, files } = this.#config;
    const administrators = administratorsOf(this, this.#config);
    const sealingKey = new ReplicaKey(this, 'SealingKey', {
      primary: sealing,
      description: 'Seals policies, their keys and the audit signing key',
      administrators,
      uses: sealingUses(name, {
        sealer: this.#role('policy-agent'),
        openers: FRONT_ENDS.map((frontEnd) => this.#role(frontEnd)),
        jobs: files ? { opener: this.#role('file-protector'), sealers: files.sealers } : undefined,
      }),
    });
    new CfnOutput(this, 'SealingKeyReplica', { value: sealingKey.keyArn });
    const checkpointKey = new ReplicaKey(this, 'CheckpointKey', {
      primary: checkpoints,
      description: 'Signs checkpoints of the audit log',
      administrators,
      uses: checkpointUses(name),
    });
    new CfnOutput(this, 'CheckpointKeyReplica', { value: checkpointKey.keyArn });
    if (tenants === undefined) return;
    const tenantsKey = new ReplicaKey(this, 'TenantsKey', {
      primary: tenants,
      description: 'Seals the configuration of tenants',
      administrators,
      uses: tenantsUses(name, tenantsConfig ? tenantsConfig.sealers : []),
    });
    new CfnOutput(this, 'TenantsKeyReplica', { value: tenantsKey.keyArn });
  }

  /** Returns the ARN of the role of a function in this Region. */
  #role(name: Parameters<typeof functionName>[1]): string {
    return roleArn(functionName(this.#config.name, name));
  }
}

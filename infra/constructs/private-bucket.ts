import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { replicate, type Replication } from './bucket-replication.ts';

export interface PrivateBucketProps {
  /** The bucket of the access log. @default none: this bucket holds the access logs of others */
  readonly accessLogs?: AccessLogs;
  /** Whether Object Lock is on, which is permanent. */
  readonly objectLock?: boolean;
  /** Whether EventBridge gets events about its objects. */
  readonly announces?: boolean;
  /** @default nothing expires */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /** Where S3 copies new objects to. @default they stay in this Region */
  readonly replication?: Replication | undefined;
  /** Name of a bucket that an earlier deployment of this name left, in place of a new one. @default a new bucket */
  readonly adopted?: string | undefined;
}

/**
 * A private bucket: not public, TLS 1.2 or newer, with versions, encrypted by S3, owned by its account. It and its policy
 * outlive its stack. An adopted bucket keeps the policy that it has, which names roles of a deployment of this name and
 * Region.
 */
export class PrivateBucket extends Construct {
  readonly bucket: IBucket;
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Whether the stack made it. */
  readonly isOwn: boolean;
  /** Where S3 copies its new objects to. */
  readonly replication: Replication | undefined;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const { adopted } = props;
    const own = adopted === undefined ? ownBucket(this, id, props) : undefined;
    this.bucket = own === undefined ? Bucket.fromBucketName(this, 'Adopted', adopted!) : (own as IBucket);
    this.isOwn = own !== undefined;
    this.replication = own && props.replication;
    if (own !== undefined && props.replication !== undefined) replicate(own, props.replication);
    this.bucketName = this.bucket.bucketName;
    this.bucketArn = this.bucket.bucketArn;
  }

  /**
   * Exports the name of a bucket of its own, whether a later stack uses it or not: CloudFormation refuses to remove an export
   * while the former version of a later stack still imports it. Returns the name as a later stack has it: a wildcard behind it
   * can be acknowledged there.
   */
  exportName(): string {
    return this.isOwn ? Stack.of(this).exportValue(this.bucketName) : this.bucketName;
  }

  arnForObjects(pattern: string): string {
    return this.bucket.arnForObjects(pattern);
  }

  /**
   * Denies actions on objects to all principals but these roles, whatever else allows them. @param objects pattern of
   * their keys
   */
  reserve(actions: readonly string[], roles: readonly string[], objects = '*'): void {
    this.#deny(actions, [this.arnForObjects(objects)], { ArnNotEquals: { 'aws:PrincipalArn': [...roles] } });
  }

  /** Denies actions on the bucket and its objects to all principals. */
  forbid(actions: readonly string[]): void {
    this.#deny(actions, [this.bucketArn, this.arnForObjects('*')]);
  }

  #deny(actions: readonly string[], resources: readonly string[], conditions?: Record<string, unknown>): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }
}

/** Makes the bucket. `Default` leaves no trace in the logical id. */
function ownBucket(
  scope: Construct,
  name: string,
  { accessLogs, objectLock, announces, lifecycleRules }: PrivateBucketProps,
): Bucket {
  const bucket = new Bucket(scope, 'Default', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
    versioned: true,
    ...(objectLock === true && { objectLockEnabled: true }),
    ...(lifecycleRules && { lifecycleRules: [...lifecycleRules] }),
    ...(accessLogs && {
      serverAccessLogsBucket: accessLogs.bucket,
      serverAccessLogsPrefix: `${name.toLowerCase()}/`,
    }),
  });
  bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  if (announces === true) {
    // Sets the property itself: the construct library would add a custom resource, which is code that runs at
    // deployment.
    const resource = bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
  return bucket;
}

/** Holds the access logs of the buckets of a stack for 400 days. */
export class AccessLogs extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
    acknowledge(this, 'AwsSolutions-S1', 'It holds the access logs: a log of its own requests would log itself');
  }
}

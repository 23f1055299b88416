import { Duration, RemovalPolicy } from 'aws-cdk-lib';
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
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface PrivateBucketProps {
  /** The bucket of the access log. @default none: this bucket holds the access logs of others */
  readonly accessLogs?: AccessLogs;
  /** Whether Object Lock is on, which is permanent. */
  readonly objectLock?: boolean;
  /** Whether EventBridge gets events about its objects. */
  readonly announces?: boolean;
  /** @default nothing expires */
  readonly lifecycleRules?: readonly LifecycleRule[];
}

/**
 * A private bucket: not public, TLS 1.2 or newer, with versions, encrypted by S3, owned by its account. It outlives its
 * stack.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, { accessLogs, objectLock, announces, lifecycleRules }: PrivateBucketProps) {
    super(scope, id, {
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
        serverAccessLogsBucket: accessLogs as IBucket,
        serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      }),
    });
    if (announces === true) {
      // Sets the property itself: the construct library would add a custom resource, which is code that runs at
      // deployment.
      const bucket = this.node.defaultChild as CfnBucket;
      bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
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
    this.addToResourcePolicy(
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

/** Holds the access logs of the buckets of a stack for 400 days. */
export class AccessLogs extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
    acknowledge(this, 'AwsSolutions-S1', 'It holds the access logs: a log of its own requests would log itself');
  }
}

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
  /** Where requests are logged. @default nowhere: this is where others' are */
  readonly accessLogs?: AccessLogs;
  /** Can never be switched off again. */
  readonly objectLock?: boolean;
  /** Whether EventBridge hears of its objects. */
  readonly announces?: boolean;
  /** @default nothing expires */
  readonly lifecycleRules?: readonly LifecycleRule[];
}

/**
 * A bucket of this deployment alone: not public, TLS 1.2 or newer, with versions, encrypted by S3, owned by its account, and
 * kept when its stack is deleted.
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
      // The property itself: the construct library's own way is a custom resource, which is code that runs at deployment.
      const bucket = this.node.defaultChild as CfnBucket;
      bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }

  /** Denies the actions on the objects to everybody but these roles, whatever else allows them. */
  reserve(actions: readonly string[], roles: readonly string[]): void {
    this.#deny(actions, [this.arnForObjects('*')], { ArnNotEquals: { 'aws:PrincipalArn': [...roles] } });
  }

  /** Denies the actions on bucket and objects to everybody. */
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

/** Logs of the requests to the buckets of a stack, for 400 days. */
export class AccessLogs extends PrivateBucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
    acknowledge(this, 'AwsSolutions-S1', 'It holds the access logs: logging its own requests would feed on itself');
  }
}

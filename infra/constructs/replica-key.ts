import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnReplicaKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type KeyUse, keyPolicy } from './guarded-key.ts';

export interface ReplicaKeyProps {
  readonly description: string;
  /** ARN of the multi-Region key in the first Region. */
  readonly primary: string;
  /** ARNs of its administrators. Empty: every principal of this account with the IAM permission. */
  readonly administrators: readonly string[];
  /** What the functions of a deployment in this Region may do with it. */
  readonly uses: readonly KeyUse[];
}

/** The replica of a multi-Region key, for the functions of this Region alone. It outlives its stack, and has no alias. */
export class ReplicaKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { primary, description, administrators, uses }: ReplicaKeyProps) {
    super(scope, id);
    const key = new CfnReplicaKey(this, 'Default', {
      description,
      primaryKeyArn: primary,
      keyPolicy: keyPolicy(administrators, uses),
    });
    key.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.keyArn = key.attrArn;
  }
}

// Replication of a bucket to one in another Region, by S3 itself.
import { Aws } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcards, bucketArn, policyOf, type Right } from './rights.ts';

/** Where S3 copies the new objects of a bucket to. */
export interface Replication {
  /** What the name of the role begins with: `<deployment>-replicate-<bucket>`. The Region follows. */
  readonly roleName: string;
  /** Name of a bucket with versions in another Region, of this account. */
  readonly to: string;
  /** The keys that are copied begin with it. @default every object is copied */
  readonly prefix?: string;
}

/** The id of the one rule, by which its metrics are found. */
export const REPLICATION_RULE = 'recovery';

/** How long S3 may take for a copy: the only value that Replication Time Control has. */
export const REPLICATION_MINUTES = 15;

/**
 * Has S3 copy new objects with their versions, metadata and locks, in 15 minutes (Replication Time Control), and measure how
 * far behind it is. Neither deletions nor objects that are there already are copied. The role can add objects in the other
 * bucket, and remove none.
 */
export function replicate(bucket: Bucket, { roleName, to, prefix = '' }: Replication): void {
  const role = new Role(bucket, 'ReplicationRole', {
    roleName: `${roleName}-${Aws.REGION}`,
    description: 'Copies objects to the bucket of another Region',
    assumedBy: new ServicePrincipal('s3.amazonaws.com'),
  });
  const target = bucketArn(to);
  const rights = replicating(bucket, target, prefix);
  // Not an inline policy of the role: the bucket names the role, and the policy names the bucket.
  new Policy(bucket, 'ReplicationRights', { roles: [role], document: policyOf(rights) });
  acknowledgeWildcards(bucket, rights);
  const minutes = { minutes: REPLICATION_MINUTES };
  // Sets the property itself: the construct library would give the role the right to delete.
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.replicationConfiguration = {
    role: role.roleArn,
    rules: [
      {
        id: REPLICATION_RULE,
        priority: 1,
        status: 'Enabled',
        filter: { prefix },
        deleteMarkerReplication: { status: 'Disabled' },
        destination: {
          bucket: target,
          replicationTime: { status: 'Enabled', time: minutes },
          metrics: { status: 'Enabled', eventThreshold: minutes },
        },
      },
    ],
  };
}

/** Returns the rights that S3 needs, those on locks included (S3 User Guide, "Setting up permissions for live replication"). */
function replicating(bucket: Bucket, target: string, prefix: string): Right[] {
  const because = 'S3 copies whatever object is new below the prefix';
  return [
    { actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [bucket.bucketArn] },
    {
      actions: [
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionForReplication',
        's3:GetObjectVersionTagging',
      ],
      resources: [bucket.arnForObjects(`${prefix}*`)],
      because,
    },
    { actions: ['s3:ReplicateObject', 's3:ReplicateTags'], resources: [`${target}/${prefix}*`], because },
  ];
}

import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  ArnPrincipal,
  Effect,
  type IPrincipal,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key, type KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Conditions } from './rights.ts';

/** One use of a key: by whom, and under what condition. */
export interface KeyUse {
  /** Says what it is for: the statement's id. */
  readonly sid: string;
  readonly actions: readonly string[];
  /** ARNs of roles of this account. They need not be there yet, and need the same right in their own policies. */
  readonly roles?: readonly string[];
  /** A service of AWS, in place of roles. */
  readonly service?: string;
  /** ARNs of users and roles that are there, in place of roles. Empty: whoever of this account has the IAM permission. */
  readonly principals?: readonly string[];
  readonly conditions?: Conditions;
}

export interface GuardedKeyProps {
  readonly alias: string;
  readonly description: string;
  /** @default a symmetric key that encrypts, rotated by KMS every year */
  readonly signing?: KeySpec;
  /** ARNs of who may administer it. @default whoever of this account has the IAM permission */
  readonly administrators: readonly string[];
  readonly uses: readonly KeyUse[];
}

/** What administering a key takes; no use of it, and no grants, which would hand uses on. */
const ADMINISTRATION = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:GetPublicKey',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListResourceTags',
  'kms:ListRetirableGrants',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/**
 * A KMS key whose policy keeps administering and each use apart: the account as such may administer and nothing else, so that
 * no IAM policy of the account can allow a use that is not named here. Kept when its stack is deleted.
 */
export class GuardedKey extends Key {
  constructor(scope: Construct, id: string, props: GuardedKeyProps) {
    super(scope, id, {
      alias: props.alias,
      description: props.description,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(props.signing === undefined
        ? { enableKeyRotation: true }
        : { keySpec: props.signing, keyUsage: KeyUsage.SIGN_VERIFY }),
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'Administer',
            effect: Effect.ALLOW,
            principals: accountOr(props.administrators),
            actions: ADMINISTRATION,
            resources: ['*'],
          }),
          ...props.uses.map(statementOf),
        ],
      }),
    });
  }
}

/** A role that is not there yet cannot be a principal; the account can, on the condition that it is that role that asks. */
function statementOf({ sid, actions, roles, service, principals = [], conditions = {} }: KeyUse): PolicyStatement {
  return new PolicyStatement({
    sid,
    effect: Effect.ALLOW,
    principals: service === undefined ? accountOr(principals) : [new ServicePrincipal(service)],
    actions: [...actions],
    resources: ['*'], // of a key policy: this key
    conditions: { ...conditions, ...(roles && { ArnEquals: { 'aws:PrincipalArn': [...roles] } }) },
  });
}

/** Those, or the account: which leaves it to the policies of its users and roles. */
function accountOr(arns: readonly string[]): IPrincipal[] {
  return arns.length === 0 ? [new AccountRootPrincipal()] : arns.map((arn) => new ArnPrincipal(arn));
}

/** ARNs of log groups of this account and Region whose names begin so. */
export function logGroupArns(prefix: string): string {
  return `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${prefix}*`;
}

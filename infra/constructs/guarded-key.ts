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
import { Alias, type IKey, Key, type KeyProps, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Conditions } from './rights.ts';

/** One use of a key: its principals, and its condition. */
export interface KeyUse {
  /** The id of the statement, which names the purpose. */
  readonly sid: string;
  readonly actions: readonly string[];
  /** ARNs of roles of this account. They need not exist yet, and need the same right in their own policies. */
  readonly roles?: readonly string[];
  /** A service of AWS, in place of roles. */
  readonly service?: string;
  /**
   * ARNs of existing users and roles, in place of roles. Empty: every principal of this account with the IAM
   * permission.
   */
  readonly principals?: readonly string[];
  readonly conditions?: Conditions;
}

export interface GuardedKeyProps {
  readonly alias: string;
  readonly description: string;
  /** @default a symmetric key that encrypts, rotated by KMS every year */
  readonly signing?: KeySpec;
  /**
   * ARNs of principals that may administer the key, the role that deploys among them. Empty: every principal of this
   * account with the IAM permission.
   */
  readonly administrators: readonly string[];
  readonly uses: readonly KeyUse[];
  /** Whether it is a multi-Region key, which no later change makes it or undoes. @default false */
  readonly multiRegion?: boolean | undefined;
  /** The one Region that a replica of a multi-Region key may be made in. @default none */
  readonly replicated?: Replicated | undefined;
  /** ARN of a key that an earlier deployment of this name left, in place of a new one. @default a new key */
  readonly adopted?: string | undefined;
}

/** Where a replica of a key may be made, and by which principals. */
export interface Replicated {
  readonly region: string;
  /** ARNs. Empty: every principal of this account with the IAM permission. */
  readonly by: readonly string[];
}

/** The actions of an administrator: no use of the key, and no grants, which would delegate uses. */
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
 * A KMS key whose policy separates administration from each use. The account itself may only administer, so no IAM
 * policy of the account can allow a use that is not named here. The key outlives its stack. An adopted key keeps the
 * policy that it has, which names the roles of a deployment of this name and Region.
 */
export class GuardedKey extends Construct {
  readonly key: IKey;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: GuardedKeyProps) {
    super(scope, id);
    this.key =
      props.adopted === undefined
        ? new Key(this, resourceIdOf(props.signing), ownKey(props))
        : Key.fromKeyArn(this, 'Adopted', props.adopted);
    this.keyArn = this.key.keyArn;
    // Not by the property of the key: the alias stays one resource when the key becomes another one.
    new Alias(this, 'Alias', { aliasName: props.alias, targetKey: this.key });
  }
}

/**
 * Returns the id of the key's resource. CloudFormation refuses another `KeySpec` for an existing key, so a key of
 * another kind is another resource. `Default` leaves no trace in the logical id.
 */
function resourceIdOf(signing: KeySpec | undefined): string {
  return signing === undefined || signing === KeySpec.ECC_NIST_EDWARDS25519 ? 'Default' : signing;
}

function ownKey(props: GuardedKeyProps): KeyProps {
  const { description, signing, administrators, uses, multiRegion = false, replicated } = props;
  return {
    description,
    removalPolicy: RemovalPolicy.RETAIN,
    ...(signing === undefined ? { enableKeyRotation: true } : { keySpec: signing, keyUsage: KeyUsage.SIGN_VERIFY }),
    ...(multiRegion && { multiRegion }),
    policy: keyPolicy(administrators, [...uses, ...(replicated === undefined ? [] : [replicating(replicated)])]),
  };
}

/** Returns the policy of a key, in which administration and each use are separate statements. */
export function keyPolicy(administrators: readonly string[], uses: readonly KeyUse[]): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'Administer',
        effect: Effect.ALLOW,
        principals: accountOr(administrators),
        actions: ADMINISTRATION,
        resources: ['*'],
      }),
      ...uses.map(statementOf),
    ],
  });
}

/** A replica has the material of the key, and a policy of its own: its maker decides who uses it. */
function replicating({ region, by }: Replicated): KeyUse {
  return {
    sid: 'Replicate',
    actions: ['kms:ReplicateKey'],
    principals: by,
    conditions: { StringEquals: { 'kms:ReplicaRegion': region } },
  };
}

/**
 * A role that does not exist yet cannot be a principal. The account can, on the condition that the caller is that role.
 */
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

/** Returns these principals, or else the account, which delegates to the policies of its users and roles. */
function accountOr(arns: readonly string[]): IPrincipal[] {
  return arns.length === 0 ? [new AccountRootPrincipal()] : arns.map((arn) => new ArnPrincipal(arn));
}

/** Returns the ARN pattern of the log groups of this account and Region with a prefix. */
export function logGroupArns(prefix: string): string {
  return `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${prefix}*`;
}

// The keys of a deployment whose state the log verifier checks at each run. They belong to several stacks, so it asks by their
// aliases, which no key of another deployment has.
import { Aws } from 'aws-cdk-lib';
import { functionName } from '../../lib/contract/deployment.ts';
import { roleArn } from './bundled-function.ts';
import type { KeyUse } from './guarded-key.ts';
import type { Right } from './rights.ts';

/** Returns the aliases, those of the tenants' stack only where there is one. */
export function watchedAliases(deployment: string, hasTenants: boolean): readonly string[] {
  const keys = ['audit-log', 'checkpoints', 'sealing', ...(hasTenants ? ['tenants'] : [])];
  return keys.map((key) => `alias/${deployment}-${key}`);
}

/** Returns what the policy of each of these keys allows. */
export function watchedByVerifier(deployment: string): KeyUse {
  return { sid: 'Watch', actions: ['kms:DescribeKey'], roles: [roleArn(functionName(deployment, 'log-verifier'))] };
}

/** Returns the right to ask for the state of the keys of these aliases. */
export function watching(aliases: readonly string[]): Right {
  return {
    actions: ['kms:DescribeKey'],
    resources: [`arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:key/*`],
    conditions: { StringEquals: { 'kms:RequestAlias': [...aliases] } },
    because: 'Keys of several stacks, which the condition names by their aliases',
  };
}

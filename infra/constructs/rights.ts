// Rights of roles. A resource with a wildcard needs a reason in writing: without one the rules refuse the template.
import { Aws, Stack } from 'aws-cdk-lib';
import { Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { acknowledge } from './acknowledge.ts';

/** Conditions of an IAM statement: operator → key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Right {
  readonly actions: readonly string[];
  /** ARNs. */
  readonly resources: readonly string[];
  readonly conditions?: Conditions | undefined;
  /** Why a resource has a wildcard. @default no resource has one */
  readonly because?: string | undefined;
}

export function policyOf(rights: readonly Right[]): PolicyDocument {
  const statements = rights.map(
    ({ actions, resources, conditions }) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
  );
  return new PolicyDocument({ statements });
}

/** Acknowledges the wildcards of the policies below a construct for which a right gives the reason. */
export function acknowledgeWildcards(construct: IConstruct, rights: readonly Right[]): void {
  for (const { resources, because } of rights) {
    if (because === undefined) continue;
    for (const resource of resources) {
      const name = flattenCfnReference(Stack.of(construct).resolve(resource));
      if (name.includes('*')) acknowledge(construct, `AwsSolutions-IAM5[Resource::${name}]`, because);
    }
  }
}

/** Returns the ARN of a bucket that another stack, or another owner, has. */
export function bucketArn(name: string): string {
  return `arn:${Aws.PARTITION}:s3:::${name}`;
}

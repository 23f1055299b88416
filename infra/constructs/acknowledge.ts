import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Lets one finding of a rule pass for a construct and what is in it, with the reason in writing. `finding`: the rule and, where
 * it has several findings, which one: `AwsSolutions-IAM5[Resource::*]`.
 */
export function acknowledge(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: finding, reason });
}

import { Fn, type Stack } from 'aws-cdk-lib';

/**
 * Returns the name of the SSM parameter that holds the bucket of the counts of budgets. A reference to the bucket itself would keep `budgets`
 * from being switched off: CloudFormation removes no export that a later stack still imports.
 */
export function countsParameter(deployment: string): string {
  return `/${deployment}/budget-counts`;
}

/** Returns eight characters that are unique to a stack, for names of resources that outlive it. */
export function stackSuffix(stack: Stack): string {
  // arn:aws:cloudformation:<Region>:<account>:stack/<name>/<uuid>
  const uuid = Fn.select(2, Fn.split('/', stack.stackId));
  return Fn.select(0, Fn.split('-', uuid));
}

import { Fn, type Stack } from 'aws-cdk-lib';

/** Returns eight characters that are unique to a stack, for names of resources that outlive it. */
export function stackSuffix(stack: Stack): string {
  // arn:aws:cloudformation:<Region>:<account>:stack/<name>/<uuid>
  const uuid = Fn.select(2, Fn.split('/', stack.stackId));
  return Fn.select(0, Fn.split('-', uuid));
}

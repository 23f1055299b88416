import { Fn, type Stack } from 'aws-cdk-lib';

/** Eight characters that no other stack has, for names of what outlives its stack. */
export function stackSuffix(stack: Stack): string {
  // arn:aws:cloudformation:<Region>:<account>:stack/<name>/<uuid>
  const uuid = Fn.select(2, Fn.split('/', stack.stackId));
  return Fn.select(0, Fn.split('-', uuid));
}

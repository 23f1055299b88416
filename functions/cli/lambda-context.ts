import type { Context } from 'aws-lambda';

/** The part of a Lambda invocation's context that the handlers read. */
export function lambdaContext(): Context {
  return { awsRequestId: crypto.randomUUID(), functionName: 'protector-local' } as Context;
}

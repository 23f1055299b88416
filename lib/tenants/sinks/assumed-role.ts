// A role to assume, for a log group or a bucket of another account.

import { z } from 'zod';
import type { Problem } from '../../document/problem.ts';

interface AssumedRole {
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
}

export const assumedRole = {
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'must be the ARN of an IAM role')
    .optional()
    .describe("Role to assume in the tenant's account; required"),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits and +=,.@:/-')
    .optional()
    .describe('External id of the role: prevents the confused deputy problem'),
};

/** The schema leaves the role optional for the sake of files that earlier releases sealed. */
export function checkAssumedRole({ roleArn }: AssumedRole, path: string): Problem[] {
  if (roleArn !== undefined) return [];
  const message = 'is missing: the sink needs a role of the tenant to assume, since ours writes to no tenant';
  return [{ path: `${path}.roleArn`, message }];
}

export function lintAssumedRole({ roleArn, externalId }: AssumedRole, path: string): Problem[] {
  if (roleArn === undefined || externalId !== undefined) return [];
  const message = 'a role without an external id can be assumed on behalf of other tenants: ask the tenant for one';
  return [{ path: `${path}.roleArn`, message }];
}

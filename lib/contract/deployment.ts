import type { FrontEnd } from './front-ends.ts';

/** What a deployment is called unless its configuration says otherwise; its functions are `protector-redshift` and so on. */
export const DEFAULT_DEPLOYMENT = 'protector';

/** What a deployment's function is called: `protector-redshift`. The log forwarder runs twice, once for security events. */
export function functionName(deployment: string, name: FunctionName): string {
  return `${deployment}-${name}`;
}

export type FunctionName =
  | FrontEnd
  | 'policy-agent'
  | 'log-forwarder'
  | 'log-sealer'
  | 'tenant-gateway'
  | 'event-forwarder';

/**
 * The time limit of the functions behind the APIs, seconds: API Gateway gives up after 29. A protect function words a refusal
 * half a second before it is over.
 */
export const API_TIME_LIMIT_S = 25;

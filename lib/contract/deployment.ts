import type { FrontEnd } from './front-ends.ts';

/** The default name of a deployment; its functions are `protector-redshift` and so on. */
export const DEFAULT_DEPLOYMENT = 'protector';

/** Returns the name of a function of a deployment: `protector-redshift`. */
export function functionName(deployment: string, name: FunctionName): string {
  return `${deployment}-${name}`;
}

export type FunctionName =
  | FrontEnd
  | 'policy-agent'
  | 'log-forwarder'
  | 'log-sealer'
  | 'log-verifier'
  | 'tenant-gateway'
  | 'witness'
  | 'file-protector'
  /** A second log forwarder, for security events. */
  | 'event-forwarder';

/**
 * The time limit of the functions behind the APIs in seconds: API Gateway gives up after 29. A protect function refuses
 * half a second before the limit.
 */
export const API_TIME_LIMIT_S = 25;

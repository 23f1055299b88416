/** Environment variables of the tenant gateway. */
export const GATEWAY_ENV = {
  /** `s3://bucket/key` of the sealed tenants. */
  tenants: 'TENANTS_LOCATION',
  /** Kinesis stream of the security events. No key leaves without a durable event. */
  eventStream: 'EVENT_STREAM',
} as const;

/** Object of the tenants' bucket that holds the sealed tenants. */
export const TENANTS_OBJECT = 'tenants.sealed.json';

/** Settings that the tenant gateway cannot start without. */
export const GATEWAY_REQUIRED = ['tenants', 'eventStream'] as const satisfies readonly (keyof typeof GATEWAY_ENV)[];

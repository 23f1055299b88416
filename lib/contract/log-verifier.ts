/** Environment variables of the log verifier. */
export const VERIFIER_ENV = {
  /** The audit log group. */
  logGroup: 'AUDIT_LOG_GROUP',
  /** `s3://bucket/prefix` of the log. */
  logLocation: 'LOG_LOCATION',
  /** `s3://bucket/prefix` of the object in which the verifier notes where its next run begins. */
  memoryLocation: 'MEMORY_LOCATION',
  /**
   * Seconds that a record may be on its way from the log group to the log; default `DEFAULT_SETTLED_AFTER_S`. Older ones
   * that the log lacks are unsealed.
   */
  settledAfterS: 'SETTLED_AFTER_S',
  /** Aliases, ids or ARNs of KMS keys whose state each run checks, separated by commas; default: none. */
  watchedKeys: 'WATCHED_KEYS',
} as const;

/** Far longer than subscription, batching window and sealer take. */
export const DEFAULT_SETTLED_AFTER_S = 300;

/** Settings that the log verifier cannot start without. */
export const VERIFIER_REQUIRED = [
  'logGroup',
  'logLocation',
  'memoryLocation',
] as const satisfies readonly (keyof typeof VERIFIER_ENV)[];

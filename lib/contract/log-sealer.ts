/** Environment variables of the log sealer. */
export const SEALER_ENV = {
  /** `s3://bucket/prefix` of the log. */
  logLocation: 'LOG_LOCATION',
  /** The permanent name of the log: the first line of its checkpoints. */
  logOrigin: 'LOG_ORIGIN',
  /** KMS key that signs checkpoints: id, ARN or alias. */
  checkpointKeyId: 'CHECKPOINT_KEY_ID',
  /** Verifier keys of checkpoint keys before a rotation, separated by spaces. */
  formerCheckpointKeys: 'FORMER_CHECKPOINT_KEYS',
  /**
   * Interval of the schedule in seconds; default `DEFAULT_CHECKPOINT_INTERVAL_S`. A checkpoint promises the next within
   * twice that.
   */
  checkpointIntervalS: 'CHECKPOINT_INTERVAL_S',
  /**
   * Days for which Object Lock (compliance mode) forbids deletion to every user; default: the setting of the bucket.
   */
  logRetentionDays: 'LOG_RETENTION_DAYS',
  /**
   * Witnesses that cosign each checkpoint: verifier key and submission prefix, separated by a blank; pairs separated by
   * commas. Default: none.
   */
  witnesses: 'WITNESSES',
  /** URLs of timestamp authorities (RFC 3161), separated by spaces; default: checkpoints get no timestamps. */
  timestampUrls: 'TIMESTAMP_URLS',
} as const;

/** How long a commit waits for cosignatures. What is missing then is asked for again with the next checkpoint. */
export const WITNESS_BUDGET_MS = 3_000;

export const DEFAULT_CHECKPOINT_INTERVAL_S = 300;

/** Longest wait for a timestamp authority. Only the schedule waits for one. */
export const TIMESTAMP_LIMIT_MS = 10_000;

/** Settings that the log sealer cannot start without. */
export const SEALER_REQUIRED = [
  'logLocation',
  'logOrigin',
  'checkpointKeyId',
] as const satisfies readonly (keyof typeof SEALER_ENV)[];

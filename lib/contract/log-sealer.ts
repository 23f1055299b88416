/** The log sealer's. */
export const SEALER_ENV = {
  /** `s3://bucket/prefix` of the log. */
  logLocation: 'LOG_LOCATION',
  /** Names the log for ever: the first line of its checkpoints. */
  logOrigin: 'LOG_ORIGIN',
  /** KMS key that signs checkpoints: id, ARN or alias. */
  checkpointKeyId: 'CHECKPOINT_KEY_ID',
  /** Verifier keys of checkpoint keys before a rotation, separated by spaces. */
  formerCheckpointKeys: 'FORMER_CHECKPOINT_KEYS',
  /** How often the clock strikes, seconds; default 300. Each checkpoint promises the next within twice that. */
  checkpointIntervalS: 'CHECKPOINT_INTERVAL_S',
  /** Days for which Object Lock keeps the log from everybody (compliance mode); default what the bucket does. */
  logRetentionDays: 'LOG_RETENTION_DAYS',
} as const;

/** Settings that the log sealer cannot start without. */
export const SEALER_REQUIRED = [
  'logLocation',
  'logOrigin',
  'checkpointKeyId',
] as const satisfies readonly (keyof typeof SEALER_ENV)[];

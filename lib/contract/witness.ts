/** Environment variables of the witness. */
export const WITNESS_ENV = {
  /** Name of the witness in its signature lines. */
  witnessName: 'WITNESS_NAME',
  /** KMS key that cosigns: id, ARN or alias. */
  witnessKeyId: 'WITNESS_KEY_ID',
  /** `s3://bucket/prefix` of the cosigned checkpoints. */
  witnessLocation: 'WITNESS_LOCATION',
  /** Verifier keys of the logs, separated by spaces. */
  witnessedLogs: 'WITNESSED_LOGS',
  /** Days for which Object Lock (compliance mode) forbids deletion to every user; default: the setting of the bucket. */
  witnessRetentionDays: 'WITNESS_RETENTION_DAYS',
} as const;

/** Settings that the witness cannot start without. */
export const WITNESS_REQUIRED = [
  'witnessName',
  'witnessKeyId',
  'witnessLocation',
  'witnessedLogs',
] as const satisfies readonly (keyof typeof WITNESS_ENV)[];

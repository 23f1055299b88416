/** Names and defaults that code and infrastructure share. */

/** The release, as in package.json. */
export const RELEASE = '0.1.0';

/** Environment variables of the protect functions. */
export const ENV = {
  /** Where the sealed policy lies; default `DEFAULT_POLICY_PATH`. */
  policyPath: 'POLICY_PATH',
  /** Where the sealed audit signing key lies; default `DEFAULT_SIGNING_KEY_PATH`. */
  signingKeyPath: 'AUDIT_SIGNING_KEY_PATH',
  /** Log group of the audit records. Required: there is no answer without a trail. */
  auditLogGroup: 'AUDIT_LOG_GROUP',
} as const;

/** The log sealer's. */
export const SEALER_ENV = {
  /** `s3://bucket/prefix` of the log. Required. */
  logLocation: 'LOG_LOCATION',
  /** Names the log for ever: the first line of its checkpoints. Required. */
  logOrigin: 'LOG_ORIGIN',
  /** KMS key that signs checkpoints: id, ARN or alias. Required. */
  checkpointKeyId: 'CHECKPOINT_KEY_ID',
  /** Verifier keys of checkpoint keys before a rotation, separated by spaces. */
  formerCheckpointKeys: 'FORMER_CHECKPOINT_KEYS',
  /** How often the clock strikes, seconds; default 300. Each checkpoint promises the next within twice that. */
  checkpointIntervalS: 'CHECKPOINT_INTERVAL_S',
  /** Days for which Object Lock keeps the log from everybody (compliance mode); default what the bucket does. */
  logRetentionDays: 'LOG_RETENTION_DAYS',
} as const;

/** In the policy layer. */
export const DEFAULT_POLICY_PATH = '/opt/protector/policy.sealed.json';
export const DEFAULT_SIGNING_KEY_PATH = '/opt/protector/audit-signing.sealed.json';

/** Environment variables of the protect functions. */
export const ENV = {
  /** Where the sealed policy lies; default `DEFAULT_POLICY_PATH`. */
  policyPath: 'POLICY_PATH',
  /** Where the sealed audit signing key lies; default `DEFAULT_SIGNING_KEY_PATH`. */
  signingKeyPath: 'AUDIT_SIGNING_KEY_PATH',
  /** When audit records become durable: one of `AUDIT_MODES`; default `blocking`. */
  auditMode: 'AUDIT_MODE',
  /** Log group of the audit records. Required in the modes `blocking` and `buffered`: there is no answer without a trail. */
  auditLogGroup: 'AUDIT_LOG_GROUP',
  /** An RE2 expression with one capture group, which is the policy's user; unset: names stay as they come. */
  usernameRegex: 'USERNAME_REGEX',
  /** Takes the place of every user; unset: nobody's place. */
  serviceUser: 'service_user',
  /** Kinesis stream of the audit records. Required in the mode `kinesis`. */
  auditStream: 'AUDIT_STREAM',
  /** Mode `buffered`: milliseconds between writes; default `DEFAULT_AUDIT_FLUSH_INTERVAL_MS`. */
  auditFlushIntervalMs: 'AUDIT_FLUSH_INTERVAL_MS',
} as const;

/**
 * - `blocking`: an answer leaves once CloudWatch Logs has accepted its record
 * - `kinesis`: an answer leaves once the stream has accepted its record
 * - `buffered`: answers leave at once; records are merged and written every `AUDIT_FLUSH_INTERVAL_MS` and at the end
 */
export const AUDIT_MODES = ['blocking', 'buffered', 'kinesis'] as const;

export type AuditMode = (typeof AUDIT_MODES)[number];

export const DEFAULT_AUDIT_FLUSH_INTERVAL_MS = 30_000;

/** Environment variables of the REST function alone, named as the reference product names them. */
export const REST_ENV = {
  /** `JWT`: the caller is who the token in the `Authorization` header says. Empty or `None`: who the body says. */
  authorization: 'authorization',
  /** `1`: with `JWT`, a user in the body takes the place of the token's. Default `0`. */
  allowAssumeUser: 'allow_assume_user',
  /** `0`: something in front has verified the token. Default `1`. */
  jwtVerify: 'jwt_verify',
  /** Base64 of a PEM public key, or of a shared secret of 32 bytes or more. */
  jwtSecret: 'jwt_secret_base64',
  /** JSON array of claim names, of which the first that holds a text names the user. Default `["username","sub"]`. */
  jwtUserClaim: 'jwt_user_claim',
} as const;

/** In the policy layer. */
export const DEFAULT_POLICY_PATH = '/opt/protector/policy.sealed.json';

export const DEFAULT_SIGNING_KEY_PATH = '/opt/protector/audit-signing.sealed.json';

/** Environment variables of the protect functions. */
export const ENV = {
  /** Path of the sealed policy; default `DEFAULT_POLICY_PATH`. */
  policyPath: 'POLICY_PATH',
  /** Path of the sealed audit signing key; default `DEFAULT_SIGNING_KEY_PATH`. */
  signingKeyPath: 'AUDIT_SIGNING_KEY_PATH',
  /** When audit records become durable: one of `AUDIT_MODES`; default `blocking`. */
  auditMode: 'AUDIT_MODE',
  /**
   * Log group of the audit records. Required in the modes `blocking` and `buffered`: no answer leaves without a trail.
   */
  auditLogGroup: 'AUDIT_LOG_GROUP',
  /** An RE2 expression whose one capture group is the user of the policy; default: names stay as they come. */
  usernameRegex: 'USERNAME_REGEX',
  /** The user that replaces every user; default: none. */
  serviceUser: 'service_user',
  /** Kinesis stream of the audit records. Required in the mode `kinesis`. */
  auditStream: 'AUDIT_STREAM',
  /**
   * `s3://bucket/prefix`, where the values that users see are counted, for policies with budgets; default: none, and such a
   * policy is refused.
   */
  budgetStore: 'BUDGET_STORE',
  /** Mode `buffered`: milliseconds between writes; default `DEFAULT_AUDIT_FLUSH_INTERVAL_MS`. */
  auditFlushIntervalMs: 'AUDIT_FLUSH_INTERVAL_MS',
} as const;

/**
 * - `blocking`: an answer leaves once CloudWatch Logs has accepted its record
 * - `kinesis`: an answer leaves once the stream has accepted its record
 * - `buffered`: an answer leaves at once; merged records are written every `AUDIT_FLUSH_INTERVAL_MS` and at shutdown
 */
export const AUDIT_MODES = ['blocking', 'buffered', 'kinesis'] as const;

export type AuditMode = (typeof AUDIT_MODES)[number];

/** Settings that a protect function cannot start without, by audit mode. */
export const REQUIRED_BY_MODE = {
  blocking: ['auditLogGroup'],
  buffered: ['auditLogGroup'],
  kinesis: ['auditStream'],
} as const satisfies Readonly<Record<AuditMode, readonly (keyof typeof ENV)[]>>;

export const DEFAULT_AUDIT_FLUSH_INTERVAL_MS = 30_000;

/** Environment variables of the REST function alone, under the names of the reference product. */
export const REST_ENV = {
  /** `JWT`: the token in the `Authorization` header names the caller. Empty or `None`: the body names the caller. */
  authorization: 'authorization',
  /** `1`: with `JWT`, a user in the body replaces the user of the token. Default `0`. */
  allowAssumeUser: 'allow_assume_user',
  /** `0`: a gateway in front has verified the token. Default `1`. */
  jwtVerify: 'jwt_verify',
  // What verifies tokens: exactly one of the next four.
  /**
   * Base64 of a shared secret of 32 bytes or more. As before `jwt_public_key_base64` existed, base64 of a PEM public key
   * is taken too, as a public key; a key of any other form is refused.
   */
  jwtSecret: 'jwt_secret_base64',
  /** ARN or name of the secret in Secrets Manager that holds the base64 of the shared secret. */
  jwtSecretArn: 'jwt_secret_arn',
  /** A public key: PEM, base64 of it, or base64 of its DER (SubjectPublicKeyInfo). */
  jwtPublicKey: 'jwt_public_key_base64',
  /** `https:` URL of an identity provider's key set (JWKS). Requires `jwtIssuer`. */
  jwtKeySetUrl: 'jwt_jwks_url',
  /** Private networks that the key set may be in, separated by commas; default: none. */
  jwtKeySetNetworks: 'jwt_jwks_allowed_networks',
  /** Issuer of a token (`iss`), or a JSON array of issuers. Default: any. */
  jwtIssuer: 'jwt_issuer',
  /** Audience (`aud`), or a JSON array of audiences, one of which a token must have. Default: any. */
  jwtAudience: 'jwt_audience',
  /** Type (`typ`), or a JSON array of types, one of which a token must have. Default: none, `JWT`, or `at+jwt`. */
  jwtType: 'jwt_type',
  /** JSON array of claim names. The first claim that holds a text names the user. Default `["username","sub"]`. */
  jwtUserClaim: 'jwt_user_claim',
} as const;

/** Prefix of the counts in the bucket of the protect functions. */
export const BUDGET_PREFIX = 'budgets/';

/** In the policy layer. */
export const DEFAULT_POLICY_PATH = '/opt/protector/policy.sealed.json';

export const DEFAULT_SIGNING_KEY_PATH = '/opt/protector/audit-signing.sealed.json';

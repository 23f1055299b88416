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
  /** An RE2 expression with one capture group, which is the policy's user; unset: names stay as they come. */
  usernameRegex: 'USERNAME_REGEX',
  /** Takes the place of every user; unset: nobody's place. */
  serviceUser: 'service_user',
} as const;

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

/** Environment variables of the policy agent. It has `AUDIT_LOG_GROUP` and `service_user` besides, as the protect functions. */
export const AGENT_ENV = {
  /** Bucket where authors put `policy.json` or `.yaml`, and `mapping.json` or `.yaml`. Required. */
  authoringBucket: 'AUTHORING_BUCKET',
  /** Bucket of journal, keys and sealed policies, which nobody but the agent writes. Required. */
  publicationBucket: 'PUBLICATION_BUCKET',
  /** Key id, ARN or alias of the KMS key that policies and keys are sealed under. Required. */
  sealingKey: 'SEALING_KEY',
  /** Name of the layer that carries the sealed policy. Required. */
  layer: 'POLICY_LAYER',
  /** `<front end>:<function name>`, separated by commas; front ends are `redshift`, `snowflake` and `rest`. Required. */
  functions: 'PROTECT_FUNCTIONS',
  /** The alias that callers use; default `DEFAULT_ALIAS`. */
  alias: 'PROTECT_ALIAS',
  /** How many policy versions are kept to roll back to, the live one among them; from 2, default `DEFAULT_KEPT_VERSIONS`. */
  keptVersions: 'KEPT_POLICY_VERSIONS',
  /** Lint rules that stop a publication, separated by commas; default: none. */
  lintErrors: 'LINT_ERRORS',
} as const;

export const DEFAULT_ALIAS = 'Production';
export const DEFAULT_KEPT_VERSIONS = 5;

/** In the policy layer. */
export const DEFAULT_POLICY_PATH = '/opt/protector/policy.sealed.json';
export const DEFAULT_SIGNING_KEY_PATH = '/opt/protector/audit-signing.sealed.json';

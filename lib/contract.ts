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

/** In the policy layer. */
export const DEFAULT_POLICY_PATH = '/opt/protector/policy.sealed.json';
export const DEFAULT_SIGNING_KEY_PATH = '/opt/protector/audit-signing.sealed.json';

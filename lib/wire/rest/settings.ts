// Settings that say how the REST function identifies its caller (Cloud Protect, "Authorization"), parsed once.

import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { ProtectorError } from '../../base/errors.ts';
import { ENV, REST_ENV } from '../../contract/protect-function.ts';
import { RefusedError } from '../../protect/refusal.ts';

/** `body`: the request names its user. `token`: a JSON Web Token does. */
export type RestSettings = { readonly caller: 'body' } | TokenSettings;

export interface TokenSettings {
  readonly caller: 'token';
  /** A user in the body replaces the user of the token. */
  readonly assumeUser: boolean;
  /** Claims that may name the user; the first present one counts. */
  readonly claims: readonly string[];
  /** Undefined: something in front has verified the token. */
  readonly verifier: TokenVerifier | undefined;
  /** Whether the policy agent's canary may call without a token; not with a service user, who replaces every user. */
  readonly canary: boolean;
}

/** A key and its allowed algorithms: those of its own kind, regardless of the token. */
export interface TokenVerifier {
  readonly key: KeyObject;
  readonly algorithms: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

const DEFAULT_CLAIMS = ['username', 'sub'];
/** RFC 7518, 3.2: a key must be at least as long as the digest. The smallest digest is required for all. */
const MIN_SECRET_BYTES = 32;
/** RFC 7518, 3.3. */
const MIN_RSA_BITS = 2048;

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
/** RFC 7518, 3.4: each algorithm goes with one curve. */
const EC_ALGORITHMS: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'];

/**
 * Parses the settings from environment variables. Throws `RefusedError` for the first invalid one:
 * `JWT_CLAIMS_MALFORMED`, `JWT_SECRET_MISSING`, or `NOT_CONFIGURED` with a cause that names it. No message holds a
 * value.
 */
export function parseRestSettings(variables: Variables): RestSettings {
  const authorization = (variables[REST_ENV.authorization] ?? '').toLowerCase();
  const assumeUser = flag(variables, REST_ENV.allowAssumeUser, false);
  const verify = flag(variables, REST_ENV.jwtVerify, true);
  if (authorization === '' || authorization === 'none') return { caller: 'body' };
  if (authorization !== 'jwt') throw wrong(REST_ENV.authorization, 'must be JWT, None or empty');
  const claims = parseClaims(variables[REST_ENV.jwtUserClaim]);
  const verifier = verify ? parseKey(variables[REST_ENV.jwtSecret]) : undefined;
  return { caller: 'token', assumeUser, claims, verifier, canary: (variables[ENV.serviceUser] ?? '') === '' };
}

function flag(variables: Variables, name: string, fallback: boolean): boolean {
  const value = variables[name] ?? '';
  if (value === '') return fallback;
  if (value !== '0' && value !== '1') throw wrong(name, 'must be 0 or 1');
  return value === '1';
}

function parseClaims(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return DEFAULT_CLAIMS;
  let claims: unknown;
  try {
    claims = JSON.parse(text);
  } catch {
    throw new RefusedError('JWT_CLAIMS_MALFORMED');
  }
  const named = Array.isArray(claims) && claims.length > 0 && claims.every((name) => typeof name === 'string');
  if (!named) throw new RefusedError('JWT_CLAIMS_MALFORMED');
  return claims as string[];
}

function parseKey(base64: string | undefined): TokenVerifier {
  if (base64 === undefined || base64.trim() === '') throw new RefusedError('JWT_SECRET_MISSING');
  const text = base64.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw wrong(REST_ENV.jwtSecret, 'must be base64');
  const bytes = Buffer.from(text, 'base64');
  // A PEM is never a shared secret: a public key is public, and anyone could sign with it.
  return bytes.includes('-----BEGIN') ? parsePublicKey(bytes) : parseSecret(bytes);
}

function parsePublicKey(pem: Buffer): TokenVerifier {
  if (pem.includes('PRIVATE KEY')) throw wrong(REST_ENV.jwtSecret, 'holds a private key; give the public one');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw wrong(REST_ENV.jwtSecret, 'holds a PEM that cannot be read');
  }
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  const curveAlgorithm = EC_ALGORITHMS[namedCurve];
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS) return { key, algorithms: RSA_ALGORITHMS };
  if (key.asymmetricKeyType === 'ec' && curveAlgorithm !== undefined) return { key, algorithms: [curveAlgorithm] };
  throw wrong(
    REST_ENV.jwtSecret,
    `must hold an RSA key of ${MIN_RSA_BITS} bits or more, or one on P-256, P-384 or P-521`,
  );
}

function parseSecret(bytes: Buffer): TokenVerifier {
  if (bytes.length < MIN_SECRET_BYTES) {
    throw wrong(REST_ENV.jwtSecret, `must hold a shared secret of ${MIN_SECRET_BYTES} bytes or more`);
  }
  return { key: createSecretKey(bytes), algorithms: SECRET_ALGORITHMS };
}

/** Names the variable and the rule for the operator's log; callers only see that the protector is not configured. */
function wrong(name: string, rule: string): RefusedError {
  return new RefusedError('NOT_CONFIGURED', { cause: new ProtectorError('SETTING_INVALID', `${name} ${rule}`) });
}

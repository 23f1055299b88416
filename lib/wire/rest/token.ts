// Bearer tokens (RFC 6750, 2.1) that are signed JSON Web Tokens (RFC 7519, RFC 7515, RFC 8725).

import { decodeJwt, errors, jwtVerify } from 'jose';
import { type RefusalCode, RefusedError } from '../../protect/refusal.ts';
import type { TokenSettings, TokenVerifier } from './settings.ts';

/** Most that the clocks of issuer and function may differ. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * The form of an HTTP scheme (Basic, Digest, AWS4-HMAC-SHA256). Only such a name is echoed, not a secret in its place.
 */
const KNOWN_SHAPE_OF_SCHEME = /^[A-Za-z][A-Za-z0-9-]{0,23}$/;

/**
 * Returns the user of the one `Authorization` header at a time in epoch milliseconds. Unless something in front has
 * verified it, a token must be signed with an algorithm of the configured key, must not have expired, and must be valid
 * already.
 *
 * Rejects with `RefusedError`: `AUTHORIZATION_MISSING`, `AUTHORIZATION_SCHEME`, `AUTHORIZATION_MALFORMED`,
 * `TOKEN_ALGORITHM`, `TOKEN_SIGNATURE`, `TOKEN_EXPIRED` (also without `exp`), `TOKEN_EARLY`. Resolves to undefined when
 * no claim names a user.
 */
export async function userOfToken(
  authorization: readonly string[],
  { claims, verifier }: TokenSettings,
  nowMs: number,
): Promise<string | undefined> {
  const token = bearerToken(authorization);
  const payload = verifier === undefined ? decode(token) : await verify(token, verifier, nowMs);
  for (const name of claims) {
    const value = payload[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function bearerToken(headers: readonly string[]): string {
  // With several headers, something in front may have checked another one.
  if (headers.length > 1) throw new RefusedError('AUTHORIZATION_MALFORMED');
  const value = headers[0]?.trim() ?? '';
  if (value === '') throw new RefusedError('AUTHORIZATION_MISSING');
  const [scheme = '', token, ...more] = value.split(/[ \t]+/);
  if (scheme.toLowerCase() === 'bearer' && token !== undefined && more.length === 0) return token;
  const otherScheme = token !== undefined && scheme.toLowerCase() !== 'bearer' && KNOWN_SHAPE_OF_SCHEME.test(scheme);
  if (otherScheme) throw new RefusedError('AUTHORIZATION_SCHEME', { word: scheme });
  throw new RefusedError('AUTHORIZATION_MALFORMED');
}

type Claims = Readonly<Record<string, unknown>>;

function decode(token: string): Claims {
  try {
    return decodeJwt(token);
  } catch {
    throw new RefusedError('AUTHORIZATION_MALFORMED');
  }
}

async function verify(token: string, { key, algorithms }: TokenVerifier, nowMs: number): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [...algorithms],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    // No cause: the error holds the claims.
    throw new RefusedError(codeOf(error));
  }
}

function codeOf(error: unknown): RefusalCode {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'nbf' ? 'TOKEN_EARLY' : 'TOKEN_EXPIRED';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'AUTHORIZATION_MALFORMED';
  return 'TOKEN_SIGNATURE';
}

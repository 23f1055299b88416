// Bearer tokens (RFC 6750, 2.1) that are signed JSON Web Tokens (RFC 7519, RFC 7515, RFC 8725).

import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { type RefusalCode, RefusedError } from '../../../protect/refusal.ts';
import type { TokenKeys, VerifyingKeys } from './keys.ts';
import { type TokenRules, typeOf } from './settings.ts';

/** Most that the clocks of issuer and function may differ. */
const CLOCK_SKEW_SECONDS = 60;

/**
 * The form of an HTTP scheme (Basic, Digest, AWS4-HMAC-SHA256). Only such a name is echoed, not a secret in its place.
 */
const KNOWN_SHAPE_OF_SCHEME = /^[A-Za-z][A-Za-z0-9-]{0,23}$/;

/**
 * Returns the user of the one `Authorization` header at a time in epoch milliseconds. Without `keys`, something in front
 * has verified it; otherwise a token must be signed with an algorithm of the key's kind, must not have expired, and must
 * be valid already. In either case its type, issuer and audience must fit.
 *
 * Rejects with `RefusedError`: `AUTHORIZATION_MISSING`, `AUTHORIZATION_SCHEME`, `AUTHORIZATION_MALFORMED`,
 * `TOKEN_ALGORITHM`, `TOKEN_KEY`, `TOKEN_SIGNATURE`, `TOKEN_EXPIRED` (also without `exp`), `TOKEN_EARLY`, `TOKEN_TYPE`,
 * `TOKEN_ISSUER`, `TOKEN_AUDIENCE`. Resolves to undefined when no claim names a user.
 */
export async function userOfToken(
  authorization: readonly string[],
  rules: TokenRules,
  keys: TokenKeys | undefined,
  nowMs: number,
): Promise<string | undefined> {
  const token = bearerToken(authorization);
  const content = keys === undefined ? decode(token) : await verify(token, keys, nowMs);
  checkRules(content, rules);
  for (const name of rules.claims) {
    const value = content.claims[name];
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

type Members = Readonly<Record<string, unknown>>;

interface Content {
  readonly header: Members;
  readonly claims: Members;
}

function decode(token: string): Content {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    throw new RefusedError('AUTHORIZATION_MALFORMED');
  }
}

/** Reads the keys once more where a replaced key would explain the refusal. */
async function verify(token: string, keys: TokenKeys, nowMs: number): Promise<Content> {
  const current = await keys.current();
  const first = await verifyWith(token, current, nowMs);
  if (typeof first !== 'string') return first;
  const newer = REPLACED_KEY.has(first) ? await keys.newerThan(current) : undefined;
  const outcome = newer === undefined ? first : await verifyWith(token, newer, nowMs);
  if (typeof outcome !== 'string') return outcome;
  // No cause: the error of jose holds the claims.
  throw new RefusedError(outcome);
}

const REPLACED_KEY: ReadonlySet<RefusalCode> = new Set(['TOKEN_KEY', 'TOKEN_SIGNATURE']);

async function verifyWith(
  token: string,
  { key, algorithms }: VerifyingKeys,
  nowMs: number,
): Promise<Content | RefusalCode> {
  try {
    const { protectedHeader, payload } = await jwtVerify(token, key, {
      algorithms: [...algorithms],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(nowMs),
    });
    return { header: { ...protectedHeader }, claims: payload };
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): RefusalCode {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'nbf' ? 'TOKEN_EARLY' : 'TOKEN_EXPIRED';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'TOKEN_KEY';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'AUTHORIZATION_MALFORMED';
  return 'TOKEN_SIGNATURE';
}

/** Refuses a token that was made for another purpose, by another issuer, or for another audience. */
function checkRules({ header, claims }: Content, { types, issuers, audiences }: TokenRules): void {
  const { typ } = header;
  const type = typeof typ === 'string' ? typeOf(typ) : undefined;
  if (!types.includes(type) || (typ !== undefined && type === undefined)) throw new RefusedError('TOKEN_TYPE');
  const { iss: issuer, aud: audience } = claims;
  if (issuers !== undefined && !(typeof issuer === 'string' && issuers.includes(issuer))) {
    throw new RefusedError('TOKEN_ISSUER');
  }
  const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (audiences !== undefined && !named.some((one) => typeof one === 'string' && audiences.includes(one))) {
    throw new RefusedError('TOKEN_AUDIENCE');
  }
}

// Settings that say how the REST function identifies its caller (Cloud Protect, "Authorization"), parsed once.

import { ProtectorError } from '../../base/errors.ts';
import { REST_ENV } from '../../contract/protect-function.ts';
import { RefusedError } from '../../protect/refusal.ts';

/** `body`: the request names its user. `token`: a JSON Web Token does. */
export type RestSettings = { readonly caller: 'body' } | TokenSettings;

export interface TokenSettings {
  readonly caller: 'token';
  /** A user in the body replaces the user of the token. */
  readonly assumeUser: boolean;
  readonly userOfToken: UserOfToken;
}

/**
 * Returns the user that the one `Authorization` header names; undefined when no claim does. Rejects with `RefusedError`
 * for a token that is missing or not valid.
 */
export type UserOfToken = (authorization: readonly string[]) => Promise<string | undefined>;

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Parses the settings from environment variables. `openTokens` parses those of tokens. Rejects with `RefusedError` for
 * the first invalid one: `JWT_CLAIMS_MALFORMED`, `JWT_SECRET_MISSING`, or `NOT_CONFIGURED` with a cause that names it.
 * No message holds a value.
 */
export async function parseRestSettings(
  variables: Variables,
  openTokens: () => Promise<UserOfToken>,
): Promise<RestSettings> {
  const authorization = (variables[REST_ENV.authorization] ?? '').toLowerCase();
  const assumeUser = flag(variables, REST_ENV.allowAssumeUser, false);
  flag(variables, REST_ENV.jwtVerify, true);
  if (authorization === '' || authorization === 'none') return { caller: 'body' };
  if (authorization !== 'jwt') throw wrongSetting(REST_ENV.authorization, 'must be JWT, None or empty');
  return { caller: 'token', assumeUser, userOfToken: await openTokens() };
}

/** Reads a flag, `0` or `1`. Throws `RefusedError` for another text. */
export function flag(variables: Variables, name: string, fallback: boolean): boolean {
  const value = variables[name] ?? '';
  if (value === '') return fallback;
  if (value !== '0' && value !== '1') throw wrongSetting(name, 'must be 0 or 1');
  return value === '1';
}

/** Names the variable and the rule for the operator's log; callers only see that the protector is not configured. */
export function wrongSetting(name: string, rule: string): RefusedError {
  return new RefusedError('NOT_CONFIGURED', { cause: new ProtectorError('SETTING_INVALID', `${name} ${rule}`) });
}

// Settings of JSON Web Tokens: where the key is, and what a token must say.

import { foldCase } from '../../../base/fold-case.ts';
import { REST_ENV } from '../../../contract/protect-function.ts';
import { keySetUrlProblem } from '../../../contract/token-keys.ts';
import { RefusedError } from '../../../protect/refusal.ts';
import { flag, type Variables, wrongSetting } from '../settings.ts';
import { publicKeyOf, secretKeyOf, type VerifyingKeys } from './keys.ts';

/** What a token must say, whoever has verified it. */
export interface TokenRules {
  /** Claims that may name the user; the first present one counts. */
  readonly claims: readonly string[];
  /** Undefined: any issuer. */
  readonly issuers: readonly string[] | undefined;
  /** Undefined: any audience. */
  readonly audiences: readonly string[] | undefined;
  /** Accepted types, as `typeOf` writes them; undefined among them: a token without a type. */
  readonly types: readonly (string | undefined)[];
}

/** Where the keys that verify tokens are. */
export type KeyPlace =
  /** Something in front has verified the token. */
  | { readonly kind: 'verified-before' }
  | { readonly kind: 'here'; readonly keys: VerifyingKeys }
  | { readonly kind: 'secret'; readonly id: string }
  | { readonly kind: 'key-set'; readonly url: URL; readonly allowedNetworks: readonly string[] };

export interface JwtSettings extends TokenRules {
  readonly keys: KeyPlace;
}

const DEFAULT_CLAIMS = ['username', 'sub'];
/** RFC 7519, 5.1; RFC 9068, 2.1. Other types are tokens for another purpose (RFC 8725, 3.11). */
const DEFAULT_TYPES = [undefined, 'jwt', 'at+jwt'];
const PLACES = [REST_ENV.jwtSecret, REST_ENV.jwtSecretArn, REST_ENV.jwtPublicKey, REST_ENV.jwtKeySetUrl] as const;

/**
 * Parses the settings. Throws `RefusedError` for the first invalid one: `JWT_CLAIMS_MALFORMED`, `JWT_SECRET_MISSING`, or
 * `NOT_CONFIGURED` with a cause that names it. No message holds a value.
 */
export function parseJwtSettings(variables: Variables): JwtSettings {
  const claims = parseClaims(variables[REST_ENV.jwtUserClaim]);
  const types = listOf(variables, REST_ENV.jwtType)?.map(typeOf);
  const issuers = listOf(variables, REST_ENV.jwtIssuer);
  const audiences = listOf(variables, REST_ENV.jwtAudience);
  const keys: KeyPlace = flag(variables, REST_ENV.jwtVerify, true)
    ? placeOfKeys(variables, issuers)
    : { kind: 'verified-before' };
  return { claims, issuers, audiences, types: types ?? DEFAULT_TYPES, keys };
}

/** Returns the type of a token without the prefix that it may leave out; types ignore case (RFC 7515, 4.1.9). */
export function typeOf(typ: string): string {
  return foldCase(typ).replace(/^application\//, '');
}

function parseClaims(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return DEFAULT_CLAIMS;
  const claims = textsOf(text);
  if (claims === undefined) throw new RefusedError('JWT_CLAIMS_MALFORMED');
  return claims;
}

/** Reads one text, or a JSON array of texts; undefined when the setting is absent. */
function listOf(variables: Variables, name: string): readonly string[] | undefined {
  const text = (variables[name] ?? '').trim();
  if (text === '') return undefined;
  if (!text.startsWith('[')) return [text];
  const list = textsOf(text);
  if (list === undefined) throw wrongSetting(name, 'must be a text, or a JSON array of texts');
  return list;
}

/** Parses a JSON array of one or more texts; undefined for anything else. */
function textsOf(json: string): readonly string[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    return undefined;
  }
  const named = Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string');
  return named ? (list as string[]) : undefined;
}

function placeOfKeys(variables: Variables, issuers: readonly string[] | undefined): KeyPlace {
  const set = PLACES.filter((name) => (variables[name] ?? '').trim() !== '');
  const [place] = set;
  if (place === undefined) throw new RefusedError('JWT_SECRET_MISSING');
  if (set.length > 1) throw wrongSetting(set.join(' and '), 'exclude each other: one kind of key verifies tokens');
  const text = variables[place]!.trim();
  switch (place) {
    case REST_ENV.jwtSecretArn:
      return { kind: 'secret', id: text };
    case REST_ENV.jwtKeySetUrl:
      return keySetAt(text, variables, issuers);
    case REST_ENV.jwtPublicKey:
      return { kind: 'here', keys: publicKeyOf(text, place) };
    default:
      return { kind: 'here', keys: secretKeyOf(text, place) };
  }
}

function keySetAt(text: string, variables: Variables, issuers: readonly string[] | undefined): KeyPlace {
  const problem = keySetUrlProblem(text);
  if (problem !== undefined) throw wrongSetting(REST_ENV.jwtKeySetUrl, problem);
  // A provider signs the tokens of many applications with the same keys.
  if (issuers === undefined) throw wrongSetting(REST_ENV.jwtIssuer, `is required with ${REST_ENV.jwtKeySetUrl}`);
  const networks = (variables[REST_ENV.jwtKeySetNetworks] ?? '').split(',').map((network) => network.trim());
  return { kind: 'key-set', url: new URL(text), allowedNetworks: networks.filter((network) => network !== '') };
}

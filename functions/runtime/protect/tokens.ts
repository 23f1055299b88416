// Everything that JSON Web Tokens need, in a file beside the bundle: most functions have none. The two are bundled apart
// and share no class, so refusals cross between them as plain facts.
import { getFrom } from '../../../lib/adapters/http/get.ts';
import { failureOf } from '../../../lib/adapters/outbound/failure.ts';
import { outboundGuard, type OutboundRules } from '../../../lib/adapters/outbound/guard.ts';
import { SecretError, secretText, type SecretTextOptions } from '../../../lib/adapters/secrets-manager/secret-text.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { type Freshness, Refreshed } from '../../../lib/base/refreshed.ts';
import { REST_ENV } from '../../../lib/contract/protect-function.ts';
import { type RefusalCode, RefusedError, toRefusal } from '../../../lib/protect/refusal.ts';
import { KeySetError, parseKeySet } from '../../../lib/wire/rest/jwt/key-set.ts';
import { sharedSecretOf, type TokenKeys, type VerifyingKeys } from '../../../lib/wire/rest/jwt/keys.ts';
import { type KeyPlace, parseJwtSettings } from '../../../lib/wire/rest/jwt/settings.ts';
import { userOfToken } from '../../../lib/wire/rest/jwt/token.ts';
import { type Variables, wrongSetting } from '../../../lib/wire/rest/settings.ts';
import { SECRET_FRESHNESS } from '../secret-freshness.ts';

/** The outer world of tokens. */
export interface TokenWorld {
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /** How the key set is fetched. @default Node's authorities, public addresses */
  readonly keySet?: { readonly ca?: string; readonly rules?: OutboundRules; readonly timeoutMs?: number } | undefined;
  /** @default a client with the environment's credentials */
  readonly secrets?: SecretTextOptions['client'];
}

/** The outcome, or the facts of a refusal. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | RefusalFacts;

interface RefusalFacts {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly word: string | undefined;
  /** Code and text for the log of the function: what is wrong outside of the request. */
  readonly cause: { readonly code: string; readonly message: string } | undefined;
}

export type Tokens = (authorization: readonly string[]) => Promise<Outcome<string | undefined>>;

const MINUTE_MS = 60_000;
/** A key that a provider withdraws verifies tokens for ten minutes more; an hour while the provider cannot be reached. */
const KEY_SET_FRESHNESS: Freshness = {
  freshMs: 10 * MINUTE_MS,
  usableMs: 60 * MINUTE_MS,
  pauseMs: 30_000,
  retryMs: 1_000,
};
const KEY_SET_TIMEOUT_MS = 3_000;
const MAX_KEY_SET_BYTES = 256 * 1024;

/** Opens what the settings name. Nothing is read or fetched before the first token. Never rejects. */
export function openTokens(variables: Variables, world: TokenWorld): Promise<Outcome<Tokens>> {
  return outcomeOf(async () => {
    const { keys: place, ...rules } = parseJwtSettings(variables);
    const keys = keysAt(place, world);
    return (authorization) => outcomeOf(() => userOfToken(authorization, rules, keys, world.nowMs()));
  });
}

function keysAt(place: KeyPlace, world: TokenWorld): TokenKeys | undefined {
  switch (place.kind) {
    case 'verified-before':
      return undefined;
    case 'here':
      return { current: async () => place.keys, newerThan: async () => undefined };
    case 'secret': {
      const read = secretText({ id: place.id, client: world.secrets });
      const load = async () => sharedSecretOf(await read(), `the secret of ${REST_ENV.jwtSecretArn}`);
      return refreshedKeys(load, SECRET_FRESHNESS, world);
    }
    default:
      return refreshedKeys(keySetFrom(place, world), KEY_SET_FRESHNESS, world);
  }
}

function refreshedKeys(load: () => Promise<VerifyingKeys>, freshness: Freshness, { nowMs }: TokenWorld): TokenKeys {
  const keys = new Refreshed(load, freshness, nowMs);
  return {
    current: () =>
      keys.current().catch((error: unknown) => {
        throw unavailable(error);
      }),
    newerThan: (seen) => keys.newerThan(seen),
  };
}

/** A secret that may not be read, or is none, is a matter of the operator; the rest may pass. */
function unavailable(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  if (error instanceof SecretError && error.code === 'SECRET_REFUSED') {
    return new RefusedError('NOT_CONFIGURED', { cause: error });
  }
  return new RefusedError('TOKEN_KEYS_UNAVAILABLE', { cause: error });
}

function keySetFrom(
  { url, allowedNetworks }: Extract<KeyPlace, { kind: 'key-set' }>,
  { keySet = {} }: TokenWorld,
): () => Promise<VerifyingKeys> {
  const { ca, rules, timeoutMs = KEY_SET_TIMEOUT_MS } = keySet;
  const get = getFrom({
    url,
    headers: { accept: 'application/jwk-set+json, application/json' },
    guard: guardOf({ allowedNetworks, ...rules }),
    timeoutMs,
    maxReplyBytes: MAX_KEY_SET_BYTES,
    ca,
  });
  return async () => {
    const { status, text } = await get().catch((error: unknown) => {
      throw new KeySetError('KEY_SET_UNAVAILABLE', `The key set cannot be fetched: ${failureOf(error)}`);
    });
    // A redirect is no answer: the settings alone say which host is asked.
    if (status !== 200) throw new KeySetError('KEY_SET_UNAVAILABLE', `The key set was answered with status ${status}`);
    return parseKeySet(text);
  };
}

function guardOf(rules: OutboundRules) {
  try {
    return outboundGuard(rules);
  } catch {
    throw wrongSetting(REST_ENV.jwtKeySetNetworks, 'must be networks such as 10.0.0.0/8, separated by commas');
  }
}

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const { code, word, cause } = toRefusal(error);
    const ours = cause instanceof ProtectorError ? { code: cause.code, message: cause.message } : undefined;
    return { ok: false, code, word, cause: ours };
  }
}

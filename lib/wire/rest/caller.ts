// Who asks of the REST function, decided before its body is read: the body names the caller only where a setting says so.

import { isObject, type JsonObject } from '../../base/json.ts';
import { CANARY } from '../../contract/policy-agent.ts';
import type { Caller, Identify } from '../../protect/caller.ts';
import { RefusedError } from '../../protect/refusal.ts';
import type { GatewayEvent, GatewayRequest } from '../gateway.ts';
import { malformed } from '../malformed.ts';
import { legacyName } from './legacy.ts';
import type { RestSettings } from './settings.ts';

/** How far the caller is known before the body is read. */
export type Known =
  | { readonly kind: 'decided'; readonly caller: Caller }
  /** The body may name the caller. Without a name in it the caller is that of a valid token, or none. */
  | {
      readonly kind: 'left-to-body';
      readonly caller: Caller | undefined;
      readonly without: 'USER_MISSING' | 'USER_CLAIM_MISSING';
    };

/**
 * Decides who asks, as far as the settings allow without the body. Rejects with `RefusedError` for a token that is
 * missing, not valid, or names no user.
 */
export async function knownCaller(
  event: GatewayEvent,
  request: GatewayRequest,
  settings: RestSettings,
  identify: Identify,
): Promise<Known> {
  if (isAgent(event, request)) return { kind: 'decided', caller: identify({ by: 'agent', name: CANARY }) };
  if (settings.caller === 'body') return { kind: 'left-to-body', caller: undefined, without: 'USER_MISSING' };
  const name = await settings.userOfToken(request.headerValues('authorization'));
  const caller = name === undefined ? undefined : identify({ by: 'name', name });
  if (settings.assumeUser) return { kind: 'left-to-body', caller, without: 'USER_CLAIM_MISSING' };
  if (caller === undefined) throw new RefusedError('USER_CLAIM_MISSING');
  return { kind: 'decided', caller };
}

/** Settles the caller once the body is there. A decided one stays. Throws `RefusedError` where there is none. */
export function settledCaller(known: Known, body: JsonObject, identify: Identify): Caller {
  if (known.kind === 'decided') return known.caller;
  const name = userOfBody(body);
  const caller = name === undefined ? known.caller : identify({ by: 'name', name });
  if (caller === undefined) throw new RefusedError(known.without);
  return caller;
}

/**
 * Tells whether the policy agent asks. Only a direct invocation has the member, and needs `lambda:InvokeFunction`: an
 * event of a gateway has a method and a context.
 */
function isAgent({ caller, requestContext }: GatewayEvent, { method }: GatewayRequest): boolean {
  return caller === CANARY && method === undefined && requestContext === undefined;
}

/** Returns the user that a body names. Throws `RefusedError` for two names: something in front may have read the other. */
function userOfBody(body: JsonObject): string | undefined {
  const legacy = legacyName(body);
  const user = nameOf(body['user']);
  if (legacy === undefined) return user;
  const fields = body[legacy];
  const legacyUser = isObject(fields) ? nameOf(fields['policyusername']) : undefined;
  if (user !== undefined && user !== legacyUser) throw malformed('user and policyusername differ');
  return legacyUser;
}

function nameOf(user: unknown): string | undefined {
  if (user === undefined || user === null || user === '') return undefined;
  if (typeof user !== 'string') throw malformed('the user is no text');
  return user;
}

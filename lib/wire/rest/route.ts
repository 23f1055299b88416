// Routes a request by its path alone, because a direct invocation has no method.

import type { Operation } from '../../base/operation.ts';
import type { GatewayRequest } from '../gateway.ts';

export type Route =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'version' | 'openapi' | 'unknown' }
  | { readonly kind: 'method-not-allowed'; readonly allowed: Method };

type Method = 'GET' | 'POST';

type Found = Exclude<Route, { kind: 'method-not-allowed' }>;

/**
 * A stage, a base path or both may precede the route, and operations may omit `v1`, as clients of the legacy form do.
 * Other versions are unknown.
 */
const PATH = /^(?:\/(?!v\d)[^/]+)?(?:\/pty)?(?:\/(v1))?\/(protect|unprotect|reprotect|check|version|openapi\.json)\/?$/;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  protect: 'Protect',
  unprotect: 'Unprotect',
  reprotect: 'Reprotect',
  check: 'Check',
};

export function routeOf({ method, path }: Pick<GatewayRequest, 'method' | 'path'>): Route {
  const found = findPath(path);
  if (found.kind === 'unknown') return found;
  const allowed = found.kind === 'operation' ? 'POST' : 'GET';
  return method === undefined || method === allowed ? found : { kind: 'method-not-allowed', allowed };
}

function findPath(path: string): Found {
  const [, version, name = ''] = PATH.exec(path) ?? [];
  const operation = OPERATIONS[name];
  if (operation !== undefined) return { kind: 'operation', operation };
  if (version === undefined) return { kind: 'unknown' };
  return { kind: name === 'version' ? 'version' : 'openapi' };
}

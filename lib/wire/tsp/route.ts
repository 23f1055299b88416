// Routes a request by its path.

import type { GatewayRequest } from '../gateway.ts';

/** Operations by route below `/api/1/`. */
const OPERATIONS = {
  'document/wrap': 'wrap',
  'document/unwrap': 'unwrap',
  'document/batch-wrap': 'batch-wrap',
  'document/batch-unwrap': 'batch-unwrap',
  'document/rekey': 'rekey',
  'document/report-operations': 'report-operations',
  'key/derive-with-secret-path': 'derive',
  'event/security-event': 'security-event',
} as const;

export type TspOperation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

export type TspRoute =
  | { readonly kind: 'operation'; readonly operation: TspOperation }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'method-not-allowed' };

/** Anything may precede `/api/1/`: a stage, or a path in the domain that a client is configured with. */
const PATH = /\/api\/1\/([a-z]+\/[a-z-]+)\/?$/;

export function routeOf({ method, path }: Pick<GatewayRequest, 'method' | 'path'>): TspRoute {
  const name = PATH.exec(path)?.[1] ?? '';
  if (!Object.hasOwn(OPERATIONS, name)) return { kind: 'unknown' };
  if (method !== undefined && method !== 'POST') return { kind: 'method-not-allowed' };
  return { kind: 'operation', operation: OPERATIONS[name as keyof typeof OPERATIONS] };
}

// Requests of operators to the log forwarder, as Lambda hands them in.

import { ProtectorError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { OPERATOR_ALIAS } from '../contract/log-forwarder.ts';
import type { OperatorRequest } from './operate.ts';

/** Says whether an invocation is an operator's: by the alias that operators, and nothing else, may invoke. */
export function isOperators({ invokedFunctionArn = '' }: { readonly invokedFunctionArn?: string }): boolean {
  return invokedFunctionArn.endsWith(`:${OPERATOR_ALIAS}`);
}

const RULE =
  'operators send {"operate": "status"}, "dead-letters" or "redrive", with lane, tenant and sink, and now for a redrive';
const NAMES = ['lane', 'tenant', 'sink'] as const;
const MEMBERS: ReadonlyMap<unknown, readonly string[]> = new Map<OperatorRequest['operate'], readonly string[]>([
  ['status', []],
  ['dead-letters', NAMES],
  ['redrive', [...NAMES, 'now']],
]);

/** Reads a request. Throws `ProtectorError` `EVENT_MALFORMED` for anything else: records are none, and never taken here. */
export function readOperatorRequest(event: unknown): OperatorRequest {
  if (!isObject(event)) throw malformed();
  const { operate, ...rest } = event;
  const members = MEMBERS.get(operate);
  if (members === undefined) throw malformed();
  for (const [name, value] of Object.entries(rest)) {
    const isValid = members.includes(name) && typeof value === (name === 'now' ? 'boolean' : 'string');
    if (!isValid) throw malformed();
  }
  return event as unknown as OperatorRequest;
}

function malformed(): ProtectorError {
  return new ProtectorError('EVENT_MALFORMED', `This is no request of an operator: ${RULE}`);
}

// The caller of a request: its API key, and the public client that it names.

import { isApiKey } from '../../tenants/api-keys.ts';
import type { Tenants } from '../../tenants/model.ts';
import type { GatewayRequest } from '../gateway.ts';
import { TspRefusal } from './codes.ts';

/**
 * Checks the API key. Throws `TspRefusal` `UNAUTHORIZED_REQUEST` unless the one `Authorization` header is `cmk <one of
 * the API keys>`.
 */
export function checkCaller({ headerValues }: GatewayRequest, tenants: Tenants): void {
  // With several headers, something in front may have checked another one.
  const [value = '', ...others] = headerValues('authorization');
  const key = /^cmk +(\S+)$/i.exec(value.trim())?.[1];
  if (others.length > 0 || key === undefined || !isApiKey(tenants, key)) {
    throw new TspRefusal('UNAUTHORIZED_REQUEST', 'One Authorization header is needed, with a valid API key: cmk <key>');
  }
}

/** Languages that public clients name. A closed list, so that a caller cannot create metrics of arbitrary names. */
const LANGUAGES = ['node', 'java', 'go', 'php', 'rust', 'python', 'dotnet', 'typescript'] as const;

export type ClientLanguage = (typeof LANGUAGES)[number] | 'other';

export function clientLanguage({ header }: GatewayRequest): ClientLanguage {
  const language = header('x-icl-tsc-language')?.toLowerCase();
  return LANGUAGES.find((known) => known === language) ?? 'other';
}

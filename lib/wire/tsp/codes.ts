// The refusal codes of the tenant gateway, as public clients know them: 100 to 199 of the service, 200 to 299 of the
// KMS, 300 to 399 of events. The HTTP status beside each tells whether a retry may help.

import { ProtectorError, unreachable } from '../../base/errors.ts';
import { EventError } from '../../events/errors.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { TenantError, TenantsSourceError } from '../../tenants/errors.ts';

const CODES = {
  UNKNOWN_ERROR: [100, 500],
  /** Only for a wrong API key: one public client ignores the body of a 401. */
  UNAUTHORIZED_REQUEST: [101, 401],
  INVALID_REQUEST_BODY: [102, 400],
  NO_PRIMARY_KMS_CONFIGURATION: [200, 400],
  UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS: [201, 400],
  KMS_CONFIGURATION_DISABLED: [202, 400],
  INVALID_PROVIDED_EDEK: [203, 400],
  KMS_WRAP_FAILED: [204, 502],
  KMS_UNWRAP_FAILED: [205, 502],
  KMS_AUTHORIZATION_FAILED: [206, 400],
  KMS_CONFIGURATION_INVALID: [207, 400],
  KMS_UNREACHABLE: [208, 503],
  KMS_THROTTLED: [209, 429],
  KMS_ACCOUNT_ISSUE: [210, 400],
  SECURITY_EVENT_REJECTED: [301, 400],
} as const satisfies Record<string, readonly [number: number, status: number]>;

export type TspCode = keyof typeof CODES;

/** The refusal of a request. The message is for people and holds nothing of the body, no key and no token. */
export class TspRefusal extends ProtectorError<TspCode> {
  /** The number that clients classify by. */
  readonly number: number;
  readonly status: number;

  /** `status` replaces the usual status of the code. */
  constructor(
    code: TspCode,
    message: string,
    { status, ...options }: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(code, message, options);
    const [number, usual] = CODES[code];
    this.number = number;
    this.status = status ?? usual;
  }

  /** The form of a refusal, in replies and for single ids of a batch. */
  get body(): { readonly code: number; readonly message: string } {
    return { code: this.number, message: this.message };
  }
}

/** Converts any failure to a refusal. Callers learn nothing of an unexpected one; its cause is for the log. */
export function toTspRefusal(error: unknown): TspRefusal {
  if (error instanceof TspRefusal) return error;
  if (error instanceof TenantError) return new TspRefusal(error.code, error.message, { cause: error });
  if (error instanceof EventError) return refusedEvent(error);
  if (error instanceof TenantsSourceError) return withoutTenants(error);
  // A body that is missing, damaged or not UTF-8.
  if (error instanceof RefusedError && error.code === 'EVENT_MALFORMED') {
    return new TspRefusal('INVALID_REQUEST_BODY', error.message);
  }
  return new TspRefusal('UNKNOWN_ERROR', 'The gateway failed; its log says why', { cause: error });
}

/** No API key can be checked without tenants, so every caller gets the same answer; a retry may help. */
function withoutTenants(error: TenantsSourceError): TspRefusal {
  const isMissing = error.code === 'TENANTS_MISSING';
  const message = isMissing
    ? 'There are no tenants yet: "protector tenants seal" puts them in force'
    : 'The sealed tenants cannot be read at the moment';
  return new TspRefusal('UNKNOWN_ERROR', message, { status: 503, cause: error });
}

function refusedEvent(error: EventError): TspRefusal {
  switch (error.code) {
    case 'EVENT_INVALID':
      return new TspRefusal('INVALID_REQUEST_BODY', error.message);
    case 'EVENT_NAME_UNKNOWN':
      return new TspRefusal('SECURITY_EVENT_REJECTED', error.message);
    case 'EVENT_NOT_DURABLE': {
      const message = 'The security event could not be made durable, and without it nothing is answered: try again';
      return new TspRefusal('SECURITY_EVENT_REJECTED', message, { status: 503, cause: error });
    }
    default:
      return unreachable(error.code);
  }
}

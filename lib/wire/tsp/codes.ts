// Every reason for which the tenant gateway refuses, as the public clients know them: numbers 100 to 199 are the service's, 200 to
// 299 the KMS's, 300 to 399 the events'. The HTTP status beside them says whether a repeat may help.

import { ProtectorError, unreachable } from '../../base/errors.ts';
import { EventError } from '../../events/errors.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { TenantError, TenantsSourceError } from '../../tenants/errors.ts';

const CODES = {
  UNKNOWN_ERROR: [100, 500],
  /** Of a wrong API key alone: one public client reads no body of a 401. */
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

/** A request is refused. The message is for people and holds nothing of the body, no key and no token. */
export class TspRefusal extends ProtectorError<TspCode> {
  /** What clients classify by. */
  readonly number: number;
  readonly status: number;

  /** `status`: where it is not the code's own. */
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

  /** The form of every refusal, in replies and of single ids in batches. */
  get body(): { readonly code: number; readonly message: string } {
    return { code: this.number, message: this.message };
  }
}

/** Every failure with its code. Of what nobody foresaw, callers learn no more than that; the cause is for the log. */
export function toTspRefusal(error: unknown): TspRefusal {
  if (error instanceof TspRefusal) return error;
  if (error instanceof TenantError) return new TspRefusal(error.code, error.message, { cause: error });
  if (error instanceof EventError) return refusedEvent(error);
  if (error instanceof TenantsSourceError) return withoutTenants(error);
  // Bodies that are missing, damaged or no UTF-8.
  if (error instanceof RefusedError && error.code === 'EVENT_MALFORMED') {
    return new TspRefusal('INVALID_REQUEST_BODY', error.message);
  }
  return new TspRefusal('UNKNOWN_ERROR', 'The gateway failed; its log says why', { cause: error });
}

/** Nobody's key can be checked, so everybody is told the same; a repeat may help. */
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

import { ProtectorError } from '../base/errors.ts';
import { DocumentError, type Others, type Problem } from '../document/problem.ts';

/**
 * A key operation was refused. Each code is one of the reference product's numbers (`wire/tsp/codes.ts`).
 *
 * `KMS_THROTTLED` and `KMS_UNREACHABLE` are worth a retry. For the others, change the tenant's configuration, the key's
 * policy or the request. Messages name configurations by id, never a key or what it wraps.
 */
export class TenantError extends ProtectorError<
  | 'NO_PRIMARY_KMS_CONFIGURATION'
  | 'UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS'
  | 'KMS_CONFIGURATION_DISABLED'
  | 'INVALID_PROVIDED_EDEK'
  | 'KMS_WRAP_FAILED'
  | 'KMS_UNWRAP_FAILED'
  | 'KMS_AUTHORIZATION_FAILED'
  | 'KMS_CONFIGURATION_INVALID'
  | 'KMS_UNREACHABLE'
  | 'KMS_THROTTLED'
  | 'KMS_ACCOUNT_ISSUE'
> {}

/** A tenants file is invalid: in itself, with its secrets, or after the previous sealing. Never repeats a secret. */
export class TenantsError extends DocumentError<'TENANTS_INVALID'> {
  constructor(what: string, problems: readonly Problem[], others?: Others) {
    super('TENANTS_INVALID', what, problems, others);
  }

  override saying(problems: readonly Problem[]): TenantsError {
    return new TenantsError(this.what, problems, this.others);
  }
}

/**
 * The sealed tenants cannot be read. `TENANTS_MISSING`: none were ever sealed; seal the tenants. `TENANTS_REMOVED`: they
 * were deleted; restore a version of the object. `TENANTS_UNREACHABLE`: the store does not answer; worth a retry.
 * `TENANTS_REFUSED`: the store denies access; check the rights of this program.
 */
export class TenantsSourceError extends ProtectorError<
  'TENANTS_MISSING' | 'TENANTS_REMOVED' | 'TENANTS_UNREACHABLE' | 'TENANTS_REFUSED'
> {}

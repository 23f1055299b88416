// Selects the KMS configuration that an operation uses, or says why there is none.

import { TenantError } from './errors.ts';
import type { KmsConfiguration, Tenant, Tenants } from './model.ts';
import { NO_CONFIGURATIONS, NO_PRIMARY, NOT_ASSIGNED } from './public-texts.ts';

/**
 * Returns the tenant if it has an active configuration. Throws `TenantError`
 * `UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS`.
 */
export function activeTenant({ tenants }: Tenants, id: string): Tenant {
  const tenant = tenants.get(id);
  if (tenant === undefined) throw nothing('the tenant is unknown, its id is not in the sealed tenants');
  if (!tenant.kms.some(isActive)) throw nothing('it has no active KMS configuration');
  return tenant;
}

/** Finds the configuration that wraps. */
export function findPrimary({ kms }: Tenant): KmsConfiguration | undefined {
  return kms.find((configuration) => configuration.primary && isActive(configuration));
}

/** Returns the configuration that wraps. Throws `TenantError` `NO_PRIMARY_KMS_CONFIGURATION`. */
export function primaryOf(tenant: Tenant): KmsConfiguration {
  const primary = findPrimary(tenant);
  if (primary !== undefined) return primary;
  throw new TenantError('NO_PRIMARY_KMS_CONFIGURATION', `${NO_PRIMARY}: none of its active ones is primary`);
}

/**
 * Returns the configuration that an EDEK names. Throws `TenantError` `INVALID_PROVIDED_EDEK`,
 * `KMS_CONFIGURATION_DISABLED`.
 */
export function configurationOf({ kms }: Tenant, id: number): KmsConfiguration {
  const configuration = kms.find((one) => one.id === id);
  if (configuration === undefined) {
    throw new TenantError('INVALID_PROVIDED_EDEK', `${NOT_ASSIGNED}: that tenant has no KMS configuration ${id}`);
  }
  if (!isActive(configuration)) {
    throw new TenantError('KMS_CONFIGURATION_DISABLED', `The KMS configuration ${id} is ${configuration.state}`);
  }
  return configuration;
}

function isActive({ state }: KmsConfiguration): boolean {
  return state === 'active';
}

function nothing(why: string): TenantError {
  return new TenantError('UNKNOWN_TENANT_OR_NO_ACTIVE_KMS_CONFIGURATIONS', `${NO_CONFIGURATIONS}: ${why}`);
}

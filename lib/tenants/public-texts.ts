// Beginnings of refusals that the public clients' own test suites look for (tenant-security-client-go,
// `TestEncryptBadTenant`, `TestBatchDecryptPartialFailure`, `TestRekey`; tenant-security-client-nodejs,
// `DevIntegration.test.ts`). Change no word of them; what is particular to a case follows a colon.

/** Code 201. */
export const NO_CONFIGURATIONS = 'No configurations available for the provided tenant';

/** Code 200. */
export const NO_PRIMARY = 'The provided tenant has no primary KMS configuration';

/** Code 203: bytes that are no EDEK. */
export const NO_EDEK = "Provided EDEK didn't contain IronCore EDEKs";

/** Code 203: an EDEK of another tenant, or altered, which no KMS can tell apart. */
export const NOT_ASSIGNED = 'The provided EDEK is not assigned to tenantId';

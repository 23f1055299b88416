/** The files that have a JSON Schema. */
export const SCHEMA_NAMES = ['policy', 'mapping', 'policy-tests', 'tenants'] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

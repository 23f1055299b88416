import { mappingSchemaText, policySchemaText } from '../../lib/policy/json-schema.ts';
import { tenantsSchemaText } from '../../lib/tenants/json-schema.ts';

/** What is written by people → the text of its JSON Schema. */
export const SCHEMAS: Readonly<Record<string, () => string>> = {
  policy: policySchemaText,
  mapping: mappingSchemaText,
  tenants: tenantsSchemaText,
};

/** The name of a schema file. */
export function schemaFile(name: string): string {
  return `${name}.schema.json`;
}

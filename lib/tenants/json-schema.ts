import { jsonSchemaText } from '../document/json-schema.ts';
import { tenantsSchema } from './schema.ts';

/** Returns the JSON Schema of tenants files. `parseTenants` checks what a JSON Schema cannot express. */
export function tenantsSchemaText(): string {
  return jsonSchemaText(tenantsSchema, 'serverless-protector tenants');
}

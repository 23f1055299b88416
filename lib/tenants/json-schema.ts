import { jsonSchemaText } from '../document/json-schema.ts';
import { tenantsSchema } from './schema.ts';

/** The JSON Schema of tenants files; what it cannot say, `parseTenants` checks. */
export function tenantsSchemaText(): string {
  return jsonSchemaText(tenantsSchema, 'serverless-protector tenants');
}

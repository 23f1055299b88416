import { jsonSchemaText } from '../document/json-schema.ts';
import { policyTestsSchema } from './schema.ts';

/** Returns the text of schemas/policy-tests.schema.json. */
export function policyTestsSchemaText(): string {
  return jsonSchemaText(policyTestsSchema, 'serverless-protector tests of a policy');
}

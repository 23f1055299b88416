// The JSON Schemas of policy and mapping files.

import { type JsonSchemaPart, jsonSchemaText } from '../document/json-schema.ts';
import { mappingSchema, OPERATION, policySchema } from './schema.ts';

/** Returns the text of schemas/policy.schema.json. */
export function policySchemaText(): string {
  return jsonSchemaText(policySchema, 'serverless-protector policy');
}

/** Returns the text of schemas/mapping.schema.json. */
export function mappingSchemaText(): string {
  return jsonSchemaText(mappingSchema, 'serverless-protector mapping of SQL function names', anyCaseOfOperation);
}

/** JSON Schema has no flag for case: the schema offers the usual spelling and accepts any. */
function anyCaseOfOperation(part: JsonSchemaPart): void {
  if (part.pattern !== OPERATION.source) return;
  delete part.pattern;
  part['anyOf'] = [
    { type: 'string', enum: ['protect', 'unprotect', 'reprotect', 'check'] },
    { type: 'string', pattern: anyCase(OPERATION.source) },
  ];
}

function anyCase(pattern: string): string {
  return pattern.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

// The JSON Schemas of policy and mapping files.

import { type JsonSchemaPart, jsonSchemaText } from '../document/json-schema.ts';
import { mappingSchema, OPERATION, policySchema } from './schema.ts';

export function policySchemaText(): string {
  return jsonSchemaText(policySchema, 'serverless-protector policy');
}

export function mappingSchemaText(): string {
  return jsonSchemaText(mappingSchema, 'serverless-protector mapping of SQL function names', anyCaseOfOperation);
}

/** JSON Schema knows no flag for case: editors offer the usual spelling and take any. */
function anyCaseOfOperation(part: JsonSchemaPart): void {
  if (part.pattern !== OPERATION.source) return;
  delete part.pattern;
  part['anyOf'] = [
    { type: 'string', enum: ['protect', 'unprotect', 'reprotect'] },
    { type: 'string', pattern: anyCase(OPERATION.source) },
  ];
}

function anyCase(pattern: string): string {
  return pattern.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

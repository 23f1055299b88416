// JSON Schemas (draft 2020-12) of the files that people write, from the schemas that check them: editors complete and check
// while typing. What parts of a file say of each other, a JSON Schema cannot check; `parsePolicy` does.

import { z } from 'zod';
import { mappingSchema, OPERATION, policySchema } from './schema.ts';

/** Name of a schema file → what it describes. */
const SCHEMAS = {
  'policy.schema.json': { title: 'serverless-protector policy', schema: policySchema },
  'mapping.schema.json': { title: 'serverless-protector mapping of SQL function names', schema: mappingSchema },
} as const;

export type SchemaFile = keyof typeof SCHEMAS;
export const schemaFiles = Object.keys(SCHEMAS) as readonly SchemaFile[];

/** The text of a schema file. */
export function jsonSchemaText(file: SchemaFile): string {
  const { title, schema } = SCHEMAS[file];
  const { $schema, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    reused: 'ref',
    override: ({ jsonSchema }) => {
      if (jsonSchema.pattern !== OPERATION.source) return;
      // JSON Schema knows no flag for case: editors offer the usual spelling and take any.
      delete jsonSchema.pattern;
      jsonSchema.anyOf = [
        { type: 'string', enum: ['protect', 'unprotect', 'reprotect'] },
        { type: 'string', pattern: anyCase(OPERATION.source) },
      ];
    },
  });
  const properties = {
    $schema: { type: 'string', description: 'Where this schema is, for editors' },
    ...described.properties,
  };
  return `${JSON.stringify({ $schema, title, ...described, properties }, null, 2)}\n`;
}

function anyCase(pattern: string): string {
  return pattern.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

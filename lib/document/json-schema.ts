// JSON Schemas (draft 2020-12) of the files that people write, from the schemas that check them: editors complete and check
// while typing. What parts of a file say of each other, a JSON Schema cannot check.

import { z } from 'zod';

/** A part of a JSON Schema that may be changed. */
export type JsonSchemaPart = Record<string, unknown> & { pattern?: string };

/** The text of a schema file. `adjust`: called with every part, to say what zod cannot. */
export function jsonSchemaText(
  schema: z.ZodType,
  title: string,
  adjust: (part: JsonSchemaPart) => void = () => {},
): string {
  const { $schema, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    reused: 'ref',
    override: ({ jsonSchema }) => adjust(jsonSchema as JsonSchemaPart),
  });
  const properties = {
    $schema: { type: 'string', description: 'Where this schema is, for editors' },
    ...described.properties,
  };
  return `${JSON.stringify({ $schema, title, ...described, properties }, null, 2)}\n`;
}

// JSON Schemas (draft 2020-12) of the files that people write, derived from the schemas that check them. Editors
// complete and check with them while typing. A JSON Schema cannot check how the parts of a file agree.

import { z } from 'zod';

/** A part of a JSON Schema that a caller may adjust. */
export type JsonSchemaPart = Record<string, unknown> & { pattern?: string };

/** Writes the text of a schema file. `adjust` is called with every part, to add what zod cannot express. */
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

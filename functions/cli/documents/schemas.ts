import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mappingSchemaText, policySchemaText } from '../../../lib/policy/json-schema.ts';
import { policyTestsSchemaText } from '../../../lib/policy-tests/json-schema.ts';
import { tenantsSchemaText } from '../../../lib/tenants/json-schema.ts';
import type { SchemaName } from './schema-names.ts';

/** The files that people write → the text of their JSON Schema. */
export const SCHEMAS: Readonly<Record<SchemaName, () => string>> = {
  policy: policySchemaText,
  mapping: mappingSchemaText,
  'policy-tests': policyTestsSchemaText,
  tenants: tenantsSchemaText,
};

/** Writes every schema into a directory, for editors. Resolves to the paths. */
export async function writeSchemas(directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    Object.entries(SCHEMAS).map(async ([name, text]) => {
      const path = join(directory, `${name}.schema.json`);
      await writeFile(path, text());
      return path;
    }),
  );
}

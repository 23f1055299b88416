import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonSchemaText, type SchemaFile, schemaFiles } from '../../../lib/policy/json-schema.ts';
import { print, styled } from '../output.ts';

/** `protector schema [NAME]`: a JSON Schema on standard output, or with `--write` all of them into a directory. */
export async function schema(name: string, options: { write?: string }): Promise<void> {
  if (options.write === undefined) {
    process.stdout.write(jsonSchemaText(`${name}.schema.json` as SchemaFile));
    return;
  }
  for (const path of await writeSchemas(options.write)) print(`${styled('green', '✓')} ${path}`);
}

/** Writes every schema into a directory, for editors. Resolves to the paths. */
export async function writeSchemas(directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const paths = schemaFiles.map((file) => [file, join(directory, file)] as const);
  for (const [file, path] of paths) await writeFile(path, jsonSchemaText(file));
  return paths.map(([, path]) => path);
}

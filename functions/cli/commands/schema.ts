import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { print, styled } from '../output.ts';
import { SCHEMAS, schemaFile } from '../schemas.ts';

/** `protector schema [NAME]`: a JSON Schema on standard output, or with `--write` all of them into a directory. */
export async function schema(name: string, options: { write?: string }): Promise<void> {
  if (options.write === undefined) {
    process.stdout.write(SCHEMAS[name]!());
    return;
  }
  for (const path of await writeSchemas(options.write)) print(`${styled('green', '✓')} ${path}`);
}

/** Writes every schema into a directory, for editors. Resolves to the paths. */
export async function writeSchemas(directory: string): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    Object.entries(SCHEMAS).map(async ([name, text]) => {
      const path = join(directory, schemaFile(name));
      await writeFile(path, text());
      return path;
    }),
  );
}

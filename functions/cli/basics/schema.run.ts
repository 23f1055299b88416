import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import type { SchemaName } from '../documents/schema-names.ts';
import { SCHEMAS, writeSchemas } from '../documents/schemas.ts';
import { done, print } from '../output/text.ts';

/** Prints the JSON Schema of a file. */
export function printSchema(name: SchemaName, io: Io): ExitCode {
  io.stdout.write(SCHEMAS[name]());
  return EXIT.ok;
}

/** Writes every JSON Schema into a directory. */
export async function writeAllSchemas(directory: string, io: Io): Promise<ExitCode> {
  for (const path of await writeSchemas(directory)) print(io, done(io, path));
  return EXIT.ok;
}

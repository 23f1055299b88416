import { command } from '../core/command.ts';
import { path } from '../core/readers.ts';
import { SCHEMA_NAMES } from '../documents/schema-names.ts';

export const schema = command({
  name: 'schema',
  summary: 'print the JSON Schema of a file, for editors: "$schema" in the file says where it is',
  arguments: { file: { choices: SCHEMA_NAMES, default: 'policy', summary: 'which file' } },
  options: { write: { value: '<dir>', read: path, summary: 'write every schema into a directory instead' } },
  run: async ({ file, write }, io) => {
    const { printSchema, writeAllSchemas } = await import('./schema.run.ts');
    return write === undefined ? printSchema(file, io) : writeAllSchemas(write, io);
  },
});
